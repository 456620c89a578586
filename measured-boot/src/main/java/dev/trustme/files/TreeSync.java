// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * fsync of all files and folders below a folder. Several at once: a file system writes its journal
 * once for all who wait for it, where one after the other would each wait for a write of its own.
 */
final class TreeSync {
  private static final int AT_ONCE = 16;

  /** So few are done sooner than threads are started. */
  private static final int FEW = 4;

  private TreeSync() {}

  static void sync(Path root) throws IOException {
    List<Path> paths = paths(root);
    if (paths.size() <= FEW) {
      for (Path path : paths) {
        Outputs.syncFolder(path);
      }
      return;
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> waiting = new ArrayList<>();
      for (Path path : paths) {
        waiting.add(pool.submit(() -> syncOne(path)));
      }
      for (Future<?> one : waiting) {
        require(one);
      }
    }
  }

  private static void syncOne(Path path) {
    try {
      Outputs.syncFolder(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void require(Future<?> one) throws IOException {
    try {
      one.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Regular files, and each folder after what is in it. */
  private static List<Path> paths(Path root) throws IOException {
    List<Path> paths = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              paths.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            paths.add(folder);
            return FileVisitResult.CONTINUE;
          }
        });
    return paths;
  }
}
