// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Works through the modules of a tree, several at once over one key session. A module that fails
 * does not stop the others, so that all that is wrong is told at once.
 */
public final class ModuleBatch {
  private final ModuleWork work;
  private final ModuleOutput output;
  private final int workers;

  public ModuleBatch(ModuleWork work, ModuleOutput output, int workers) {
    this.work = work;
    this.output = output;
    this.workers = workers;
  }

  /** A module that cannot be signed: its file, and an IOException, FormatException or refusal. */
  public record Failure(ModuleTree.Item item, Exception cause) {}

  /** What became of the modules, each list in the tree's order. */
  public record Outcome(List<ModuleResult> results, List<Failure> failures) {
    public Outcome {
      results = List.copyOf(results);
      failures = List.copyOf(failures);
    }

    /** How many ended so. */
    public int count(ModuleResult.Kind kind) {
      return (int) results.stream().filter(r -> r.kind() == kind).count();
    }
  }

  /** All modules of the tree; an interruption is an IOException. */
  public Outcome run(ModuleTree tree, IntConsumer progress) throws IOException {
    try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
      List<Future<ModuleResult>> running = new ArrayList<>();
      for (var item : tree.items()) {
        running.add(pool.submit(() -> work.apply(item, output)));
      }
      try {
        return collect(tree, running, progress);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private static Outcome collect(
      ModuleTree tree, List<Future<ModuleResult>> running, IntConsumer progress)
      throws IOException {
    List<ModuleResult> results = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; i < running.size(); i++) {
      try {
        results.add(running.get(i).get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted");
      } catch (ExecutionException e) {
        failures.add(new Failure(tree.items().get(i), expected(e)));
      }
      progress.accept(i + 1);
    }
    return new Outcome(results, failures);
  }

  private static Exception expected(ExecutionException e) {
    return switch (e.getCause()) {
      case FormatException malformed -> malformed;
      case IOException io -> io;
      case UncheckedIOException io -> requireNonNull(io.getCause());
      case GeneralSecurityException refused -> refused;
      case null, default -> throw new IllegalStateException(e.getCause());
    };
  }
}
