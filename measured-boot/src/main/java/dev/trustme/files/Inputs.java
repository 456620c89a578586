// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reading whole files with a limit; securityfs files, which report a size of 0, included. */
public final class Inputs {
  /** What a file that is read whole may hold: 1 GiB. */
  public static final long MAX_BYTES = 1L << 30;

  private Inputs() {}

  public static Bytes read(Path file) throws IOException {
    return read(file, MAX_BYTES);
  }

  /** The whole file, at most {@code limit} bytes; opened once. */
  public static Bytes read(Path file, long limit) throws IOException {
    requireReadable(file);
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(Math.toIntExact(Math.min(limit + 1, Integer.MAX_VALUE - 8)));
      if (content.length > limit) {
        throw new IOException(file + ": larger than " + limit + " bytes");
      }
      return Bytes.copyOf(content);
    }
  }

  /** A read-only mapping of a large file; at most 2 GiB. */
  public static ByteBuffer map(Path file) throws IOException {
    requireReadable(file);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException(file + ": larger than 2 GiB");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  /** A plain sentence instead of the platform's exception text. */
  public static void requireReadable(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a directory, expected a file");
    }
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": permission denied");
    }
  }
}
