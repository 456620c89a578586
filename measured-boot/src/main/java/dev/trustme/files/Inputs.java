// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;

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
    int most = Math.toIntExact(Math.min(limit, Integer.MAX_VALUE - 16));
    try (var in = Files.newInputStream(file)) {
      int expected = Math.toIntExact(Math.min(Files.size(file), most));
      var content = Bytes.read(in, expected, most);
      if (content.size() > most) {
        throw new IOException(file + ": larger than " + limit + " bytes");
      }
      return content;
    }
  }

  /** A reader of one format. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(Bytes content) throws FormatException;
  }

  /** The parsed file; what is malformed in it names it. */
  public static <T> T parse(Path file, Parser<T> parser) throws IOException, FormatException {
    return parse(file, MAX_BYTES, parser);
  }

  /** The same of a file of at most {@code limit} bytes. */
  public static <T> T parse(Path file, long limit, Parser<T> parser)
      throws IOException, FormatException {
    return parse(file.toString(), read(file, limit), parser);
  }

  /** The same of content that was read before. */
  public static <T> T parse(String name, Bytes content, Parser<T> parser) throws FormatException {
    try {
      return parser.parse(content);
    } catch (FormatException e) {
      throw e.in(name);
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

  /** Bytes in all regular files among these; what cannot be asked counts for nothing. */
  public static long totalSize(Collection<Path> files) {
    return files.stream().mapToLong(Inputs::size).sum();
  }

  private static long size(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile() ? attributes.size() : 0;
    } catch (IOException e) {
      return 0; // Who reads it will say so.
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
