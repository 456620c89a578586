// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * fsync of all files and folders below a folder. A file that is told of when it was written goes to
 * disk while others are made.
 */
final class TreeSync implements AutoCloseable {
  private final Path root;
  private final Set<Path> begun = ConcurrentHashMap.newKeySet();
  private final AtOnce.Running<Path> running = new AtOnce.Running<>(Outputs::syncFolder);

  TreeSync(Path root) {
    this.root = root;
  }

  /** This file is whole. */
  void written(Path file) {
    begun.add(file);
    running.add(file);
  }

  /** Waits until everything below the folder is on disk; nothing may be written any more. */
  void finish() throws IOException {
    running.end();
    AtOnce.forEach(paths(), Outputs::syncFolder);
  }

  /** The other regular files, and each folder after what is in it. */
  private List<Path> paths() throws IOException {
    List<Path> paths = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !begun.contains(file)) {
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

  @Override
  public void close() {
    running.close();
  }
}
