// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Work that waits for the disk, several at once: a file system writes its journal once for all who
 * wait for it, where one after the other would each wait for a write of its own.
 */
public final class AtOnce {
  private static final int THREADS = 16;

  /** So few are done sooner than threads are started. */
  private static final int FEW = 4;

  private AtOnce() {}

  /** What is done with each. */
  public interface Work<T> {
    void accept(T item) throws IOException;
  }

  /** Does it with all of them, in no order; the first failure is thrown when all have ended. */
  public static <T> void forEach(Collection<T> items, Work<T> work) throws IOException {
    if (items.size() <= FEW) {
      for (T item : items) {
        work.accept(item);
      }
      return;
    }
    List<Future<?>> waiting = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      for (T item : items) {
        waiting.add(
            pool.submit(() -> {
              work.accept(item);
              return item;
            }));
      }
    }
    for (Future<?> one : waiting) {
      require(one);
    }
  }

  private static void require(Future<?> one) throws IOException {
    try {
      one.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
