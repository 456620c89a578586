// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Overwrites files and removes them. What a disk keeps of overwritten blocks is its own affair: a
 * ceremony's folder belongs on a memory file system.
 */
final class Wiping {
  private Wiping() {}

  static void wipe(Path folder, List<String> names) throws IOException {
    for (String name : names) {
      Path root = folder.resolve(name);
      List<Path> files;
      try (var walk = Files.walk(root)) {
        files = walk.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList();
      }
      for (Path file : files) {
        overwrite(file);
      }
      Outputs.removeTree(root);
    }
  }

  private static void overwrite(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long size = channel.size();
      var zeros = ByteBuffer.allocate(8192);
      while (channel.position() < size) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), size - channel.position()));
        channel.write(zeros);
      }
      channel.force(true);
    }
  }
}
