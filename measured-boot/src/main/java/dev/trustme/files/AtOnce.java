// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import java.io.IOException;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    try (var running = new Running<>(work)) {
      items.forEach(running::add);
      running.end();
    }
  }

  /** The same with items that come one after another, from any number of threads. */
  public static final class Running<T> implements AutoCloseable {
    private final Work<T> work;
    private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    private final Queue<Future<?>> waiting = new ConcurrentLinkedQueue<>();

    public Running(Work<T> work) {
      this.work = work;
    }

    /** Begins the work with one; {@link #end} tells whether it was done. */
    public void add(T item) {
      waiting.add(
          pool.submit(() -> {
            work.accept(item);
            return item;
          }));
    }

    /** Waits for all; the first failure is thrown when all have ended. */
    public void end() throws IOException {
      pool.close();
      for (Future<?> one : waiting) {
        require(one);
      }
    }

    /** Waits for what was begun, without a word about failures. */
    @Override
    public void close() {
      pool.shutdownNow();
      pool.close();
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
