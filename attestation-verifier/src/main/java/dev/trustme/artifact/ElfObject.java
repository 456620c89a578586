// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * The little of an ELF file that tells a whole kernel module from another file or a part of one:
 * System V ABI, "ELF Header". A module is relocatable, and its section header table, mostly at the
 * end, lies inside the file. Both classes and byte orders.
 */
final class ElfObject {
  private static final String STRUCTURE = "ELF header";
  private static final Bytes MAGIC = Bytes.fromHex("7f454c46");
  private static final int CLASS_32 = 1;
  private static final int CLASS_64 = 2;
  private static final int LITTLE_ENDIAN = 1;
  private static final int BIG_ENDIAN = 2;
  private static final int ET_REL = 1;

  private ElfObject() {}

  static void requireModule(Bytes file) throws FormatException {
    if (!file.startsWith(MAGIC)) {
      throw new FormatException(
          "kernel module",
          0,
          "expected ELF magic 7f454c46, found " + file.slice(0, Math.min(4, file.size())));
    }
    if (file.size() < 6) {
      throw new FormatException(STRUCTURE, 4, "the file ends here");
    }
    boolean wide = oneOf(file, 4, CLASS_32, CLASS_64, "class") == CLASS_64;
    var reader =
        oneOf(file, 5, LITTLE_ENDIAN, BIG_ENDIAN, "data encoding") == LITTLE_ENDIAN
            ? BinaryReader.littleEndian(file, STRUCTURE)
            : BinaryReader.bigEndian(file, STRUCTURE);
    reader.skip(16);
    if (reader.u16() != ET_REL) {
      throw new FormatException(STRUCTURE, 16, "is no relocatable object, as modules are");
    }
    reader.skip(wide ? 22 : 14);
    long table = wide ? reader.u64() : reader.u32();
    reader.skip(10);
    long size = reader.u16() * (long) reader.u16();
    if (table <= 0 || table > file.size() || size == 0 || table + size > file.size()) {
      throw new FormatException(
          STRUCTURE,
          wide ? 40 : 32,
          "section headers of %d bytes at %s, the file ends at %d: it is cut off"
              .formatted(size, Long.toUnsignedString(table), file.size()));
    }
  }

  private static int oneOf(Bytes file, int at, int first, int second, String what)
      throws FormatException {
    int value = file.at(at);
    if (value != first && value != second) {
      throw new FormatException(STRUCTURE, at, "unknown " + what + " " + value);
    }
    return value;
  }
}
