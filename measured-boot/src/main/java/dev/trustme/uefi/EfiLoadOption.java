// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * EFI_LOAD_OPTION: a boot entry, the content of {@code Boot####}. Little-endian; the description is
 * UTF-16LE with a NUL, FilePathListLength in bytes. UEFI 2.10, 3.1.3:
 *
 * <pre>
 * UINT32 Attributes; UINT16 FilePathListLength; CHAR16 Description[]; EFI_DEVICE_PATH FilePathList[];
 * UINT8 OptionalData[];
 * </pre>
 *
 * @param filePathList the first path is what is loaded
 */
public record EfiLoadOption(
    long attributes, String description, List<DevicePath> filePathList, Bytes optionalData) {
  /** The firmware may start it by itself. */
  public static final long LOAD_OPTION_ACTIVE = 0x00000001;

  public static final long LOAD_OPTION_FORCE_RECONNECT = 0x00000002;

  /** Not shown in menus. */
  public static final long LOAD_OPTION_HIDDEN = 0x00000008;

  /** An application of the firmware, not a way to boot. */
  public static final long LOAD_OPTION_CATEGORY_APP = 0x00000100;

  private static final String STRUCTURE = "EFI_LOAD_OPTION";

  public EfiLoadOption {
    filePathList = List.copyOf(filePathList);
    if (description.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL in the description");
    }
  }

  public static EfiLoadOption parse(Bytes encoded) throws FormatException {
    var reader = BinaryReader.littleEndian(encoded, STRUCTURE);
    long attributes = reader.u32();
    int pathLength = reader.u16();
    String description = description(reader);
    var paths = DevicePath.readAll(reader.slice(STRUCTURE, pathLength));
    return new EfiLoadOption(attributes, description, paths, reader.rest());
  }

  private static String description(BinaryReader reader) throws FormatException {
    long offset = reader.offset();
    var units = BinaryWriter.bigEndian();
    for (int unit = reader.u16(); unit != 0; unit = reader.u16()) {
      units.u16(unit);
    }
    try {
      return StandardCharsets.UTF_16BE.newDecoder().decode(units.toBytes().buffer()).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(STRUCTURE, offset, "Description is not UTF-16LE");
    }
  }

  public boolean active() {
    return (attributes & LOAD_OPTION_ACTIVE) != 0;
  }

  public boolean hidden() {
    return (attributes & LOAD_OPTION_HIDDEN) != 0;
  }

  public Bytes encode() {
    Bytes paths = Bytes.concat(filePathList.stream().map(DevicePath::encode).toArray(Bytes[]::new));
    return BinaryWriter.littleEndian()
        .u32(attributes)
        .u16(paths.size())
        .bytes(description.getBytes(StandardCharsets.UTF_16LE))
        .u16(0)
        .bytes(paths)
        .bytes(optionalData)
        .toBytes();
  }
}
