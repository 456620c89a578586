// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The part of a log that is in memory: from the current entry on, in one array that grows only as
 * far as one entry needs and the input really has.
 */
final class ImaWindow {
  /** No entry is larger, in bytes; the kernel's largest are measured policies and certificates. */
  static final int MAX_ENTRY = 64 << 20;

  private static final int FIRST_SIZE = 1 << 16;

  private final InputStream in;
  private final ByteOrder order;
  private final String structure;
  private byte[] bytes = new byte[FIRST_SIZE];
  private int entry;
  private int end;
  private long base;
  private BinaryReader reader;

  ImaWindow(InputStream in, ByteOrder order, String structure) {
    this.in = in;
    this.order = order;
    this.structure = structure;
    this.reader = reader(0);
  }

  private BinaryReader reader(int position) {
    var whole = BinaryReader.at(ByteBuffer.wrap(bytes, 0, end), order, structure, base);
    try {
      whole.skip(position);
      return whole;
    } catch (FormatException e) {
      throw new IllegalStateException("position " + position + " of " + end, e);
    }
  }

  /** Reads on; valid until more is needed. */
  BinaryReader reader() {
    return reader;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Index of the next byte in {@link #bytes}. */
  int position() {
    return Math.toIntExact(reader.offset() - base);
  }

  /** Where the bytes in memory end. */
  int end() {
    return end;
  }

  /** Index of the current entry's first byte. */
  int entry() {
    return entry;
  }

  /** Absolute offset of the current entry. */
  long entryOffset() {
    return base + entry;
  }

  /** An entry begins at the next byte; false if there is none. */
  boolean begin() throws IOException, FormatException {
    entry = position();
    return has(1);
  }

  /**
   * Whether so many bytes follow; then they are in memory. An entry beyond the limit is malformed.
   */
  boolean has(long count) throws IOException, FormatException {
    return count <= reader.remaining() || more(count);
  }

  /** Brings so many bytes into memory, if the log has them: what reads them says if not. */
  void need(long count) throws IOException, FormatException {
    if (count > reader.remaining()) {
      boolean there = more(count);
      assert there || reader.remaining() < count;
    }
  }

  private boolean more(long count) throws IOException, FormatException {
    int position = position() - entry;
    if (count + position > MAX_ENTRY) {
      throw new FormatException(
          structure,
          entryOffset(),
          "needs %d bytes, expected at most %d".formatted(count + position, MAX_ENTRY));
    }
    if (entry > 0) {
      System.arraycopy(bytes, entry, bytes, 0, end - entry);
      base += entry;
      end -= entry;
      entry = 0;
    }
    boolean ended = false;
    while (!ended && end - position < count) {
      if (end == bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.min(2 * bytes.length, MAX_ENTRY));
      }
      int read = in.read(bytes, end, bytes.length - end);
      ended = read < 0;
      end += Math.max(read, 0);
    }
    reader = reader(position);
    return end - position >= count;
  }
}
