// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files that were named: files under their own names, folders with all regular files below them
 * under their paths in that folder. Links are not followed; what already is a signature beside its
 * file ({@code FILE.sig}) is none of them.
 *
 * @param files sorted by name
 * @param others folders and symbolic links below the folders, sorted by name
 */
public record FirmwareTree(List<Item> files, List<Item> others) {
  /** What a signature beside a file is called: the file's name and this. */
  public static final String SIDECAR = ".sig";

  private static final String STRUCTURE = "firmware tree";

  public FirmwareTree {
    files = List.copyOf(files);
    others = List.copyOf(others);
  }

  /** One file: where it lies, and its name below the output folder. */
  public record Item(Path file, String name) {}

  /** A name twice, or no file at all: malformed. */
  public static FirmwareTree of(List<Path> paths) throws IOException, FormatException {
    Map<String, Item> files = new TreeMap<>();
    Map<String, Item> others = new TreeMap<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        Path folder = Files.isSymbolicLink(path) ? path.toRealPath() : path;
        var found = new Finder(folder);
        Files.walkFileTree(folder, found);
        for (var item : found.files) {
          add(files, item);
        }
        for (var item : found.others) {
          others.put(item.name(), item);
        }
      } else {
        Inputs.requireReadable(path);
        add(files, new Item(path, String.valueOf(path.getFileName())));
      }
    }
    var signed = files.values().stream().filter(item -> !isSidecar(item, files)).toList();
    if (signed.isEmpty()) {
      throw new FormatException(STRUCTURE, 0, "holds no file").in(paths.getFirst().toString());
    }
    return new FirmwareTree(signed, List.copyOf(others.values()));
  }

  private static boolean isSidecar(Item item, Map<String, Item> files) {
    return item.name().endsWith(SIDECAR)
        && files.containsKey(item.name().substring(0, item.name().length() - SIDECAR.length()));
  }

  private static void add(Map<String, Item> items, Item item) throws FormatException {
    if (items.putIfAbsent(item.name(), item) != null) {
      throw new FormatException(STRUCTURE, 0, "two files would be written as " + item.name())
          .in(item.file().toString());
    }
  }

  /** All that lies below one folder. */
  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Item> files = new ArrayList<>();
    private final List<Item> others = new ArrayList<>();

    Finder(Path root) {
      this.root = root;
    }

    private Item item(Path path) {
      return new Item(path, root.relativize(path).toString());
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (!folder.equals(root)) {
        others.add(item(folder));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isRegularFile()) {
        files.add(item(file));
      } else if (attributes.isSymbolicLink()) {
        others.add(item(file));
      } else {
        throw new IOException(file + ": is no file, folder or symbolic link");
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
