// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;

/** Fields of Protocol Buffers, written. */
final class ProtoBytes {
  private ProtoBytes() {}

  static Bytes number(int field, long value) {
    return Bytes.concat(varint(field << 3), varint(value));
  }

  static Bytes bytes(int field, Bytes content) {
    return Bytes.concat(varint(field << 3 | 2), varint(content.size()), content);
  }

  static Bytes text(int field, String text) {
    return bytes(field, Bytes.utf8(text));
  }

  static Bytes varint(long value) {
    var writer = BinaryWriter.bigEndian();
    long rest = value;
    while (rest >= 0x80) {
      writer.u8((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    return writer.u8((int) rest).toBytes();
  }
}
