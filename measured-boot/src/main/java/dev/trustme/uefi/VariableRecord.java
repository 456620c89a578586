// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One place in a variable store: AUTHENTICATED_VARIABLE_HEADER with name and data behind it, at
 * this offset in the image. Bits of the state are cleared one after the other while a variable is
 * written and when it goes; EDK II, MdeModulePkg/Include/Guid/VariableFormat.h.
 */
record VariableRecord(
    int offset, int end, State state, Optional<OvmfVariableStore.Variable> variable) {
  static final String STRUCTURE = "AUTHENTICATED_VARIABLE_HEADER";
  static final int START_ID = 0x55aa;
  static final int ERASED = 0xffff;
  static final int ADDED_BITS = 0x3f;

  private static final int STATE_OFFSET = 2;
  private static final int DELETED_BIT = 0x02;
  private static final long ERASED_WORD = 0xffffffffL;

  /** Whether firmware sees the variable. */
  enum State {
    ADDED,
    /** About to be replaced: it counts until its successor is written. */
    IN_DELETED_TRANSITION,
    /** Deleted, or never finished. */
    GONE
  }

  /** Reads one record, whose StartId has been read. */
  static VariableRecord read(BinaryReader reader, int offset) throws FormatException {
    int bits = reader.u8();
    reader.skip(1);
    long attributes = reader.u32();
    reader.skip(8);
    EfiTime timeStamp = EfiTime.read(reader);
    reader.skip(4);
    long nameSize = reader.u32();
    long dataSize = reader.u32();
    EfiGuid vendor = EfiGuid.read(reader);
    boolean cutOff =
        bits == 0xff
            || attributes == ERASED_WORD
            || nameSize == ERASED_WORD
            || dataSize == ERASED_WORD;
    Bytes name = reader.bytes(cutOff ? 0 : nameSize);
    Bytes data = reader.bytes(cutOff ? 0 : dataSize);
    int end = Math.toIntExact(reader.offset());
    var state = cutOff ? State.GONE : state(bits);
    if (state == State.GONE) {
      return new VariableRecord(offset, end, state, Optional.empty());
    }
    var variable =
        new OvmfVariableStore.Variable(name(reader, name), vendor, attributes, timeStamp, data);
    return new VariableRecord(offset, end, state, Optional.of(variable));
  }

  private static State state(int bits) {
    return switch (bits) {
      case ADDED_BITS -> State.ADDED;
      case 0x3e -> State.IN_DELETED_TRANSITION;
      default -> State.GONE;
    };
  }

  private static String name(BinaryReader reader, Bytes name) throws FormatException {
    try {
      String text = StandardCharsets.UTF_16LE.newDecoder().decode(name.buffer()).toString();
      if (text.length() > 1 && text.indexOf('\0') == text.length() - 1) {
        return text.substring(0, text.length() - 1);
      }
    } catch (CharacterCodingException e) {
      throw reader.malformed("Name is not UTF-16LE");
    }
    throw reader.malformed("Name does not end in its only NUL");
  }

  /** A new record, padded with erased flash to a multiple of four bytes. */
  static Bytes encode(OvmfVariableStore.Variable variable) {
    byte[] text = (variable.name() + "\0").getBytes(StandardCharsets.UTF_16LE);
    Bytes record =
        BinaryWriter.littleEndian()
            .u16(START_ID)
            .u8(ADDED_BITS)
            .u8(0)
            .u32(variable.attributes())
            .u64(0)
            .bytes(variable.timeStamp().encoded())
            .u32(0)
            .u32(text.length)
            .u32(variable.data().size())
            .bytes(variable.vendor().encode())
            .bytes(text)
            .bytes(variable.data())
            .toBytes();
    return padded(record);
  }

  private static Bytes padded(Bytes record) {
    var fill = new byte[-record.size() & 3];
    java.util.Arrays.fill(fill, (byte) 0xff);
    return Bytes.concat(record, Bytes.copyOf(fill));
  }

  /** Deletes the variable as firmware does: clears one bit in the image. */
  void delete(byte[] image) {
    image[offset + STATE_OFFSET] = (byte) (image[offset + STATE_OFFSET] & ~DELETED_BIT);
  }

  /** The record's own bytes, as of a variable that was added, padded. */
  Bytes reclaimed(Bytes image) {
    byte[] copy = image.slice(offset, end).toArray();
    copy[STATE_OFFSET] = ADDED_BITS;
    return padded(Bytes.copyOf(copy));
  }
}
