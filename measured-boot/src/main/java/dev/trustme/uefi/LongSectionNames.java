// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Section names of more than eight bytes: {@code /14} is the string at offset 14 of the string
 * table, which follows the COFF symbol table. Microsoft PE Format, "Section Table" and "COFF String
 * Table"; loaders know none of it, binutils writes it.
 */
public final class LongSectionNames {
  private static final int LFANEW_OFFSET = 0x3c;
  private static final int SYMBOL_SIZE = 18;
  private static final String STRUCTURE = "COFF string table";

  private LongSectionNames() {}

  /** The section of that name, long or short. */
  public static Optional<PeSection> section(PeImage image, String name) throws FormatException {
    Optional<PeSection> found = image.section(name);
    if (found.isPresent()) {
      return found;
    }
    ByteBuffer file = image.file();
    for (PeSection section : image.sections()) {
      if (section.name().matches("/[0-9]{1,7}")
          && at(file, Long.parseLong(section.name().substring(1)), name)) {
        return Optional.of(section);
      }
    }
    return Optional.empty();
  }

  private static boolean at(ByteBuffer file, long offset, String name) throws FormatException {
    var reader = BinaryReader.littleEndian(file, STRUCTURE);
    long coff = reader.at("MS-DOS header", LFANEW_OFFSET).u32() + 4;
    var header = reader.at("COFF file header", coff + 8);
    long symbols = header.u32();
    long table = symbols + header.u32() * SYMBOL_SIZE;
    if (symbols == 0) {
      throw new FormatException(
          STRUCTURE, coff, "a section has a long name, but there is no table");
    }
    var entry = reader.at(STRUCTURE, table + offset);
    byte[] text = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    for (byte expected : text) {
      if (!entry.hasRemaining() || entry.u8() != (expected & 0xff)) {
        return false;
      }
    }
    return true;
  }
}
