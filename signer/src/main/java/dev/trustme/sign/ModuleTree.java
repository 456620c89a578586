// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ModuleCompression;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The modules that were named: files under their own names, folders with all the modules below them
 * under their paths in that folder. Links below a folder are not followed.
 */
public record ModuleTree(List<Item> items) {
  public ModuleTree {
    items = List.copyOf(items);
  }

  /** One module: where it lies, and its name below the output folder. */
  public record Item(Path file, String name, ModuleCompression compression) {}

  /** Sorted by name. A file that is no module, a folder without any, a name twice: malformed. */
  public static ModuleTree of(List<Path> paths) throws IOException, FormatException {
    Map<String, Item> items = new TreeMap<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        addFolder(items, Files.isSymbolicLink(path) ? path.toRealPath() : path);
      } else {
        Inputs.requireReadable(path);
        String name = String.valueOf(path.getFileName());
        add(items, new Item(path, name, compression(path)));
      }
    }
    return new ModuleTree(List.copyOf(items.values()));
  }

  private static ModuleCompression compression(Path file) throws FormatException {
    return ModuleCompression.of(file.toString())
        .orElseThrow(() ->
            new FormatException(
                    "kernel module", 0, "expected a name ending in .ko, .ko.gz, .ko.xz, .ko.zst")
                .in(file.toString()));
  }

  private static void addFolder(Map<String, Item> items, Path folder)
      throws IOException, FormatException {
    Map<String, Item> found = new TreeMap<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              ModuleCompression.of(file.toString())
                  .map(c -> new Item(file, folder.relativize(file).toString(), c))
                  .ifPresent(item -> found.put(item.name(), item));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, @Nullable IOException failure)
              throws IOException {
            throw new IOException(file + ": cannot be read");
          }
        });
    if (found.isEmpty()) {
      throw new FormatException("module tree", 0, "holds no kernel module").in(folder.toString());
    }
    for (Item item : found.values()) {
      add(items, item);
    }
  }

  private static void add(Map<String, Item> items, Item item) throws FormatException {
    if (items.putIfAbsent(item.name(), item) != null) {
      throw new FormatException("module tree", 0, "two modules would be written as " + item.name())
          .in(item.file().toString());
    }
  }
}
