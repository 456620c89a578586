// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.FormatException;

/**
 * The headers of a PE32 or PE32+ image: the fields that signing, measuring and loading need, and
 * where they lie. Little-endian; offsets and sizes in bytes of the file. Microsoft PE Format,
 * "MS-DOS Stub", "COFF File Header", "Optional Header".
 *
 * @param machine IMAGE_FILE_HEADER.Machine: 0x8664 x86-64, 0xaa64 AArch64
 * @param checkSumOffset where the 4-byte CheckSum lies, which no digest covers
 * @param certificateEntryOffset where the 8-byte directory entry of the certificate table lies
 * @param sectionTableOffset where the 40-byte section headers begin
 */
public record PeHeader(
    int machine,
    boolean pe32Plus,
    int numberOfSections,
    long sectionAlignment,
    long fileAlignment,
    long sizeOfImage,
    long sizeOfHeaders,
    int subsystem,
    int checkSumOffset,
    int certificateEntryOffset,
    int sectionTableOffset) {
  private static final int LFANEW_OFFSET = 0x3c;
  private static final int DOS_HEADER_SIZE = 0x40;
  private static final int PE32 = 0x10b;
  private static final int PE32_PLUS = 0x20b;
  private static final int MAX_SECTIONS = 96;
  private static final int MAX_DIRECTORIES = 16;
  private static final int DIRECTORY_SIZE = 8;
  private static final int CERTIFICATE_DIRECTORY = 4;
  private static final int SECTION_HEADER_SIZE = 40;

  static PeHeader read(BinaryReader file) throws FormatException {
    var dos = file.at("MS-DOS header", 0);
    if (dos.u16() != 0x5a4d) {
      throw new FormatException("MS-DOS header", 0, "does not begin with MZ: not a PE image");
    }
    long pe = file.at("MS-DOS header", LFANEW_OFFSET).u32();
    if (pe < DOS_HEADER_SIZE) {
      throw new FormatException(
          "MS-DOS header", LFANEW_OFFSET, "e_lfanew 0x%x lies inside this header".formatted(pe));
    }
    var coff = file.at("COFF file header", pe);
    if (coff.u32() != 0x4550) {
      throw new FormatException("COFF file header", pe, "does not begin with PE\\0\\0");
    }
    int machine = coff.u16();
    int sections = coff.u16();
    if (sections == 0 || sections > MAX_SECTIONS) {
      throw coff.malformed("NumberOfSections %d".formatted(sections));
    }
    coff.skip(12);
    int optionalSize = coff.u16();
    coff.skip(2);
    return readOptional(file, machine, sections, coff.slice("optional header", optionalSize));
  }

  private static PeHeader readOptional(
      BinaryReader file, int machine, int sections, BinaryReader optional) throws FormatException {
    int start = Math.toIntExact(optional.offset());
    int magic = optional.u16();
    if (magic != PE32 && magic != PE32_PLUS) {
      throw new FormatException("optional header", start, "Magic 0x%x".formatted(magic));
    }
    boolean plus = magic == PE32_PLUS;
    optional.skip(30);
    long sectionAlignment = optional.u32();
    long fileAlignment = optional.u32();
    optional.skip(16);
    long sizeOfImage = optional.u32();
    long sizeOfHeaders = optional.u32();
    int checkSumOffset = Math.toIntExact(optional.offset());
    optional.skip(4);
    int subsystem = optional.u16();
    optional.skip(plus ? 38 : 22);
    int certificateEntry = readDirectories(optional);
    int table = Math.toIntExact(optional.offset()) + optional.remaining();
    var header =
        new PeHeader(
            machine,
            plus,
            sections,
            sectionAlignment,
            fileAlignment,
            sizeOfImage,
            sizeOfHeaders,
            subsystem,
            checkSumOffset,
            certificateEntry,
            table);
    header.requireSane(file, start);
    return header;
  }

  private static int readDirectories(BinaryReader optional) throws FormatException {
    long count = optional.u32();
    if (count <= CERTIFICATE_DIRECTORY || count > MAX_DIRECTORIES) {
      throw optional.malformed(
          "NumberOfRvaAndSizes %d leaves no room for the certificate table, or is above %d"
              .formatted(count, MAX_DIRECTORIES));
    }
    var directories = optional.slice("data directories", count * DIRECTORY_SIZE);
    directories.skip(CERTIFICATE_DIRECTORY * (long) DIRECTORY_SIZE);
    return Math.toIntExact(directories.offset());
  }

  private void requireSane(BinaryReader file, long offset) throws FormatException {
    if (!isPowerOfTwo(fileAlignment)
        || !isPowerOfTwo(sectionAlignment)
        || sectionAlignment < fileAlignment) {
      throw new FormatException(
          "optional header",
          offset,
          "FileAlignment %d and SectionAlignment %d".formatted(fileAlignment, sectionAlignment));
    }
    long tableEnd = sectionTableOffset + (long) numberOfSections * SECTION_HEADER_SIZE;
    if (sizeOfHeaders < tableEnd || sizeOfHeaders > file.offset() + file.remaining()) {
      throw new FormatException(
          "optional header",
          offset,
          "SizeOfHeaders %d, but the section table ends at %d and the file at %d"
              .formatted(sizeOfHeaders, tableEnd, file.offset() + file.remaining()));
    }
  }

  private static boolean isPowerOfTwo(long value) {
    return value > 0 && (value & (value - 1)) == 0;
  }
}
