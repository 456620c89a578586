// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One field of CEL-TLV: type (one byte), length (u32, big-endian) and value. TCG Canonical Event
 * Log Format 1.0, 5.1.
 *
 * @param offset of the value in the log, in bytes
 */
public record CelTlv(long offset, int type, Bytes value) {
  private static final int MAX_INTEGER = 8;

  static CelTlv read(BinaryReader reader) throws FormatException {
    int type = reader.u8();
    long length = reader.u32();
    return new CelTlv(reader.offset(), type, reader.bytes(length));
  }

  /** The fields that a value consists of. */
  static List<CelTlv> readAll(BinaryReader reader) throws FormatException {
    List<CelTlv> fields = new ArrayList<>();
    while (reader.hasRemaining()) {
      fields.add(read(reader));
    }
    return fields;
  }

  /** A reader over the value, under the name of the structure in it. */
  BinaryReader reader(String structure) {
    return BinaryReader.at(value.buffer(), ByteOrder.BIG_ENDIAN, structure, offset);
  }

  Bytes encode() {
    return BinaryWriter.bigEndian().u8(type).u32(value.size()).bytes(value).toBytes();
  }

  /** The value as a big-endian integer of 1 to 8 bytes; writers differ in the width. */
  long integer(String what) throws FormatException {
    boolean negative = value.size() == MAX_INTEGER && value.at(0) > Byte.MAX_VALUE;
    if (value.isEmpty() || value.size() > MAX_INTEGER || negative) {
      throw new FormatException(
          what, offset, "an integer of %d bytes, or too large".formatted(value.size()));
    }
    long integer = 0;
    for (int i = 0; i < value.size(); i++) {
      integer = integer << Byte.SIZE | value.at(i);
    }
    return integer;
  }
}
