// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a root file system is made from: a folder, a tar archive, or an image that is ready. */
public sealed interface RootSource {
  /** A folder; its content becomes the root. */
  record Folder(Path path) implements RootSource {}

  /** An uncompressed tar archive. */
  record Tar(Path path) implements RootSource {}

  /** A squashfs, EROFS or ext4 image, taken as it is. */
  record Image(Path path, long size) implements RootSource {}

  /** A magic number and where it lies. */
  record Magic(int offset, Bytes value) {
    boolean in(Bytes head) {
      return head.size() >= offset + value.size()
          && head.slice(offset, offset + value.size()).equals(value);
    }
  }

  /** Bytes that hold all the magic numbers. */
  int HEAD = 2048;

  Magic TAR = new Magic(257, Bytes.utf8("ustar"));

  Map<String, Magic> IMAGES =
      Map.of(
          "squashfs", new Magic(0, Bytes.utf8("hsqs")),
          "erofs", new Magic(1024, Bytes.fromHex("e2e1f5e0")),
          "ext4", new Magic(1024 + 56, Bytes.fromHex("53ef")));

  /**
   * Tells which one it is, by the content; an empty folder or another kind of file is malformed.
   */
  static RootSource of(Path path) throws IOException, FormatException {
    if (Files.isDirectory(path)) {
      try (var entries = Files.newDirectoryStream(path)) {
        if (!entries.iterator().hasNext()) {
          throw new FormatException("root file system", 0, "an empty folder").in(path.toString());
        }
      }
      return new Folder(path);
    }
    Inputs.requireReadable(path);
    Bytes head;
    try (var in = Files.newInputStream(path)) {
      head = Bytes.copyOf(in.readNBytes(HEAD));
    }
    if (TAR.in(head)) {
      return new Tar(path);
    }
    if (IMAGES.values().stream().anyMatch(magic -> magic.in(head))) {
      return new Image(path, Files.size(path));
    }
    throw new FormatException(
            "root file system",
            0,
            "expected a folder, a tar archive, or a squashfs, EROFS or ext4 image, found "
                + head.slice(0, Math.min(4, head.size())))
        .in(path.toString());
  }

  /** Writes the file system to the new file {@code image}; {@code to} is that file, open. */
  default void write(FileSystemMaker maker, Path image, FileChannel to)
      throws IOException, FormatException {
    switch (this) {
      case Folder folder -> maker.ofFolder(folder.path(), image);
      case Tar tar -> {
        Path spool = image.resolveSibling(image.getFileName() + ".spool");
        try (var tree = FlatImage.ofRoot(tar.path(), spool)) {
          maker.ofTree(tree, image);
        }
      }
      case Image ready -> {
        try (var from = Files.newInputStream(ready.path())) {
          from.transferTo(Channels.newOutputStream(to));
        }
      }
    }
  }
}
