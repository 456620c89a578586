// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tree as files in a new folder, for tools that read nothing else. Paths of a tree never climb
 * and never lie below a symbolic link. Owners stay those of who unpacks; modes are set when all is
 * there.
 */
final class UnpackedTree {
  private final FlatImage image;
  private final Path folder;
  private final Map<RootTree.RegularFile, Path> written = new HashMap<>();
  private final LinkedHashMap<Path, Integer> modes = new LinkedHashMap<>();

  private UnpackedTree(FlatImage image, Path folder) {
    this.image = image;
    this.folder = folder;
  }

  /** Into a folder that is there and empty; devices and FIFOs, which only root can make, fail. */
  static void write(FlatImage image, Path folder) throws IOException {
    var unpacked = new UnpackedTree(image, folder);
    for (var entry : image.entries().entrySet()) {
      try {
        unpacked.add(folder.resolve(entry.getKey()), entry.getValue());
      } catch (InvalidPathException e) {
        throw new IOException(
            entry.getKey() + ": this locale cannot write such names; set LC_ALL=C.UTF-8");
      }
    }
    // What lies in a folder before the folder, which may then be closed to its owner.
    for (var mode : unpacked.modes.sequencedEntrySet().reversed()) {
      Files.setAttribute(mode.getKey(), "unix:mode", mode.getValue());
    }
  }

  private void add(Path path, RootTree.Node node) throws IOException {
    switch (node) {
      case RootTree.Directory directory -> {
        Files.createDirectory(path);
        modes.put(path, directory.attributes().mode());
      }
      case RootTree.Symlink link -> Files.createSymbolicLink(path, Path.of(link.target()));
      case RootTree.Special special ->
          throw new IOException(
              "%s: is a device or FIFO, which mkfs.erofs can only read from a folder: make a"
                      .formatted(folder.relativize(path))
                  + " squashfs, or unpack the archive as root");
      case RootTree.RegularFile file -> {
        Path first = written.putIfAbsent(file, path);
        if (first != null) {
          Files.createLink(path, first);
          return;
        }
        var option = StandardOpenOption.CREATE_NEW;
        try (var out = new BufferedOutputStream(Files.newOutputStream(path, option))) {
          image.copy(file, out);
        }
        modes.put(path, file.attributes().mode());
      }
    }
  }
}
