// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The one writer of binary formats; grows as needed; values out of range are a bug of the caller.
 */
public final class BinaryWriter {
  private ByteBuffer buffer;

  private BinaryWriter(ByteOrder order) {
    buffer = ByteBuffer.allocate(256).order(order);
  }

  public static BinaryWriter littleEndian() {
    return new BinaryWriter(ByteOrder.LITTLE_ENDIAN);
  }

  public static BinaryWriter bigEndian() {
    return new BinaryWriter(ByteOrder.BIG_ENDIAN);
  }

  public BinaryWriter u8(int value) {
    room(1).put((byte) range(value, 0xff));
    return this;
  }

  public BinaryWriter u16(int value) {
    room(2).putShort((short) range(value, 0xffff));
    return this;
  }

  public BinaryWriter u32(long value) {
    room(4).putInt((int) range(value, 0xffffffffL));
    return this;
  }

  public BinaryWriter u64(long value) {
    room(8).putLong(value);
    return this;
  }

  public BinaryWriter bytes(Bytes value) {
    room(value.size()).put(value.buffer());
    return this;
  }

  public BinaryWriter bytes(byte[] value) {
    room(value.length).put(value);
    return this;
  }

  public BinaryWriter zeros(int count) {
    room(count).put(new byte[count]);
    return this;
  }

  /** Zeros up to the next multiple of the alignment (bytes). */
  public BinaryWriter align(int alignment) {
    int over = size() % alignment;
    return over == 0 ? this : zeros(alignment - over);
  }

  public int size() {
    return buffer.position();
  }

  public Bytes toBytes() {
    return Bytes.copyOf(buffer.duplicate().flip());
  }

  private static long range(long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("%d does not fit in %x".formatted(value, max));
    }
    return value;
  }

  private ByteBuffer room(int count) {
    if (buffer.remaining() < count) {
      int size = Math.max(buffer.capacity() * 2, Math.addExact(buffer.position(), count));
      var grown = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), size)).order(buffer.order());
      grown.position(buffer.position());
      buffer = grown;
    }
    return buffer;
  }
}
