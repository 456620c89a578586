// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Signs the modules of a tree into a folder, several at once, as Linux, scripts/sign-file.c does:
 * signed first, then compressed again. A signature that is there already is replaced.
 */
public final class ModuleBatch {
  private final Pkcs7Signer signer;
  private final Path folder;

  /** The folder exists and is nobody else's yet. */
  public ModuleBatch(Pkcs7Signer signer, Path folder) {
    this.signer = signer;
    this.folder = folder;
  }

  /** One signed module; the digest is of the module with its signature, uncompressed. */
  public record Result(String name, boolean signedBefore, Digest sha256) {}

  /** In the tree's order; the first module that cannot be signed ends the work. */
  public List<Result> sign(ModuleTree tree, IntConsumer progress)
      throws IOException, FormatException {
    try (ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<Result>> running = new ArrayList<>();
      for (var item : tree.items()) {
        running.add(workers.submit(() -> sign(item)));
      }
      try {
        return collect(running, progress);
      } finally {
        workers.shutdownNow();
      }
    }
  }

  private static List<Result> collect(List<Future<Result>> running, IntConsumer progress)
      throws IOException, FormatException {
    List<Result> results = new ArrayList<>();
    for (var future : running) {
      try {
        results.add(future.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted");
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case FormatException malformed -> throw malformed;
          case IOException io -> throw io;
          case null, default -> throw new IllegalStateException(e.getCause());
        }
      }
      progress.accept(results.size());
    }
    return results;
  }

  private Result sign(ModuleTree.Item item) throws IOException, FormatException {
    try {
      var file = Inputs.read(item.file(), ModuleCompression.MAX_MODULE);
      var found = ModuleSignature.parse(item.compression().decompress(file));
      var signed = sign(found.module());
      Path target = folder.resolve(item.name());
      Files.createDirectories(Optional.ofNullable(target.getParent()).orElse(folder));
      Files.write(target, item.compression().compress(signed).toArray());
      return new Result(
          item.name(), found.pkcs7().isPresent(), HashAlgorithm.SHA256.digest(signed));
    } catch (FormatException e) {
      throw e.in(item.file().toString());
    }
  }

  private Bytes sign(Bytes module) {
    return new ModuleSignature(module, Optional.of(signer.detached(module))).encode();
  }
}
