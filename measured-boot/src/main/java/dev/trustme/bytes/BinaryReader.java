// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The one reader of binary formats. The byte order is chosen at construction; every read checks
 * before it allocates; an error names the structure and the absolute offset.
 */
public final class BinaryReader {
  private final ByteBuffer buffer;
  private final String structure;
  private final long base;

  private BinaryReader(ByteBuffer buffer, String structure, long base) {
    this.buffer = buffer;
    this.structure = structure;
    this.base = base;
  }

  public static BinaryReader littleEndian(ByteBuffer input, String structure) {
    return new BinaryReader(input.slice().order(ByteOrder.LITTLE_ENDIAN), structure, 0);
  }

  public static BinaryReader bigEndian(ByteBuffer input, String structure) {
    return new BinaryReader(input.slice().order(ByteOrder.BIG_ENDIAN), structure, 0);
  }

  /** A reader in this order of an input whose first byte lies at this absolute offset. */
  public static BinaryReader at(ByteBuffer input, ByteOrder order, String structure, long offset) {
    return new BinaryReader(input.slice().order(order), structure, offset);
  }

  public static BinaryReader littleEndian(Bytes input, String structure) {
    return littleEndian(input.buffer(), structure);
  }

  public static BinaryReader bigEndian(Bytes input, String structure) {
    return bigEndian(input.buffer(), structure);
  }

  /** Absolute offset of the next byte in the outermost input. */
  public long offset() {
    return base + buffer.position();
  }

  public int remaining() {
    return buffer.remaining();
  }

  public boolean hasRemaining() {
    return buffer.hasRemaining();
  }

  public String structure() {
    return structure;
  }

  public int u8() throws FormatException {
    require(1);
    return buffer.get() & 0xff;
  }

  public int u16() throws FormatException {
    require(2);
    return buffer.getShort() & 0xffff;
  }

  public long u32() throws FormatException {
    require(4);
    return buffer.getInt() & 0xffffffffL;
  }

  /** 64 bits as a long; unsigned, so compare with {@link Long#compareUnsigned}. */
  public long u64() throws FormatException {
    require(8);
    return buffer.getLong();
  }

  public Bytes bytes(long count) throws FormatException {
    require(count);
    var out = new byte[(int) count];
    buffer.get(out);
    return Bytes.owning(out);
  }

  public Bytes rest() {
    var out = new byte[buffer.remaining()];
    buffer.get(out);
    return Bytes.owning(out);
  }

  public void skip(long count) throws FormatException {
    require(count);
    buffer.position(buffer.position() + (int) count);
  }

  /** A bounded reader over the next bytes, under its own name; offsets stay absolute. */
  public BinaryReader slice(String name, long count) throws FormatException {
    require(count);
    int start = buffer.position();
    var part = buffer.slice(start, (int) count).order(buffer.order());
    buffer.position(start + (int) count);
    return new BinaryReader(part, name, base + start);
  }

  /** The same position under the name of the structure that begins here. */
  public BinaryReader named(String name) {
    return new BinaryReader(buffer, name, base);
  }

  /** A reader over the whole input of this one, set to a position relative to its start. */
  public BinaryReader at(String name, long position) throws FormatException {
    if (position < 0 || position > buffer.limit()) {
      throw new FormatException(
          name, base + position, "lies outside the input of %d bytes".formatted(buffer.limit()));
    }
    var view = buffer.duplicate().order(buffer.order());
    view.position((int) position);
    return new BinaryReader(view, name, base);
  }

  public void expectEnd() throws FormatException {
    if (buffer.hasRemaining()) {
      throw malformed("%d bytes after the end of the structure".formatted(buffer.remaining()));
    }
  }

  /** An error at the next byte. */
  public FormatException malformed(String problem) {
    return new FormatException(structure, offset(), problem);
  }

  private void require(long count) throws FormatException {
    if (count < 0 || count > buffer.remaining()) {
      throw malformed(
          "need %s bytes, %d remain".formatted(Long.toUnsignedString(count), buffer.remaining()));
    }
  }
}
