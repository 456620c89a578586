// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * UEFI_VARIABLE_DATA: a variable as it is measured. Little-endian; the name is UTF-16LE without a
 * NUL, its length in characters, the data's in bytes. TCG PC Client Platform Firmware Profile,
 * section on UEFI variable measurements:
 *
 * <pre>
 * EFI_GUID VariableName; UINT64 UnicodeNameLength; UINT64 VariableDataLength;
 * CHAR16 UnicodeName[]; INT8 VariableData[];
 * </pre>
 */
public record UefiVariableData(EfiGuid variableName, String unicodeName, Bytes variableData) {
  private static final String STRUCTURE = "UEFI_VARIABLE_DATA";

  public static UefiVariableData parse(Bytes encoded) throws FormatException {
    var reader = BinaryReader.littleEndian(encoded, STRUCTURE);
    var variable = read(reader);
    reader.expectEnd();
    return variable;
  }

  /** Reads one structure and leaves the reader behind it, for logs that append to it. */
  public static UefiVariableData read(BinaryReader input) throws FormatException {
    var reader = input.named(STRUCTURE);
    EfiGuid guid = EfiGuid.read(reader);
    long nameLength = reader.u64();
    long dataLength = reader.u64();
    if (nameLength < 0 || nameLength > reader.remaining() / 2) {
      throw reader.malformed(
          "UnicodeNameLength %s, but %d bytes remain"
              .formatted(Long.toUnsignedString(nameLength), reader.remaining()));
    }
    long nameOffset = reader.offset();
    Bytes name = reader.bytes(2 * nameLength);
    return new UefiVariableData(guid, utf16(name, nameOffset), reader.bytes(dataLength));
  }

  private static String utf16(Bytes name, long offset) throws FormatException {
    try {
      return StandardCharsets.UTF_16LE.newDecoder().decode(name.buffer()).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(STRUCTURE, offset, "UnicodeName is not UTF-16LE");
    }
  }

  public Bytes encode() {
    return BinaryWriter.littleEndian()
        .bytes(variableName.encode())
        .u64(unicodeName.length())
        .u64(variableData.size())
        .bytes(unicodeName.getBytes(StandardCharsets.UTF_16LE))
        .bytes(variableData)
        .toBytes();
  }
}
