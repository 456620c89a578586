// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One IMAGE_SECTION_HEADER; sizes and offsets in bytes. Microsoft PE Format, "Section Table
 * (Section Headers)".
 *
 * @param name up to 8 printable ASCII characters, without the NULs
 * @param virtualSize what is loaded; for the sections of a unified kernel image the real size
 * @param rawSize SizeOfRawData: what lies in the file, rounded up to FileAlignment
 * @param rawOffset PointerToRawData
 */
public record PeSection(
    String name,
    long virtualSize,
    long virtualAddress,
    long rawSize,
    long rawOffset,
    long characteristics) {
  private static final String STRUCTURE = "section header";
  private static final int NAME_SIZE = 8;

  /** End of the raw data in the file. */
  public long rawEnd() {
    return rawOffset + rawSize;
  }

  /**
   * The whole table. Refused are sections that overlap each other or the headers, that are not in
   * the order of the file and of memory, that reach beyond the file or the image, whose raw data
   * exceeds their memory by more than padding, and names that occur twice.
   */
  static List<PeSection> readTable(BinaryReader file, PeHeader header, long fileEnd)
      throws FormatException {
    var reader = file.at(STRUCTURE, header.sectionTableOffset());
    List<PeSection> sections = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long raw = header.sizeOfHeaders();
    long memory = header.sizeOfHeaders();
    for (int i = 0; i < header.numberOfSections(); i++) {
      long offset = reader.offset();
      var section = read(reader);
      section.requireMemory(header, memory, offset);
      section.requireFile(raw, fileEnd, offset);
      if (!names.add(section.name)) {
        throw new FormatException(STRUCTURE, offset, "a second section " + section.name);
      }
      memory = section.virtualAddress + section.virtualSize;
      raw = section.rawSize == 0 ? raw : section.rawEnd();
      sections.add(section);
    }
    return List.copyOf(sections);
  }

  private static PeSection read(BinaryReader reader) throws FormatException {
    String name = readName(reader.slice(STRUCTURE, NAME_SIZE));
    long virtualSize = reader.u32();
    long virtualAddress = reader.u32();
    long rawSize = reader.u32();
    long rawOffset = reader.u32();
    reader.skip(12);
    return new PeSection(name, virtualSize, virtualAddress, rawSize, rawOffset, reader.u32());
  }

  private static String readName(BinaryReader reader) throws FormatException {
    long offset = reader.offset();
    var name = new StringBuilder();
    boolean ended = false;
    while (reader.hasRemaining()) {
      int c = reader.u8();
      if (c != 0 && (ended || c <= ' ' || c > '~')) {
        throw new FormatException(STRUCTURE, offset, "a name that is not NUL-padded ASCII");
      }
      ended = c == 0;
      if (!ended) {
        name.append((char) c);
      }
    }
    if (name.isEmpty()) {
      throw new FormatException(STRUCTURE, offset, "a section without a name");
    }
    return name.toString();
  }

  private void requireMemory(PeHeader header, long previousEnd, long offset)
      throws FormatException {
    if (virtualAddress < previousEnd) {
      throw new FormatException(
          STRUCTURE,
          offset,
          "%s at address 0x%x overlaps what ends at 0x%x, or is out of order"
              .formatted(name, virtualAddress, previousEnd));
    }
    if (virtualAddress + virtualSize > header.sizeOfImage()) {
      throw new FormatException(
          STRUCTURE,
          offset,
          "%s ends at address 0x%x, SizeOfImage is 0x%x"
              .formatted(name, virtualAddress + virtualSize, header.sizeOfImage()));
    }
    long padding = header.fileAlignment() - 1;
    if (rawSize > ((virtualSize + padding) & ~padding)) {
      throw new FormatException(
          STRUCTURE,
          offset,
          "%s has SizeOfRawData %d for VirtualSize %d".formatted(name, rawSize, virtualSize));
    }
  }

  private void requireFile(long previousEnd, long fileEnd, long offset) throws FormatException {
    if (rawSize == 0) {
      return;
    }
    if (rawOffset < previousEnd) {
      throw new FormatException(
          STRUCTURE,
          offset,
          "%s at offset %d overlaps what ends at %d, or is out of order"
              .formatted(name, rawOffset, previousEnd));
    }
    if (rawEnd() > fileEnd) {
      throw new FormatException(
          STRUCTURE,
          offset,
          "%s ends at %d, the content of the file at %d".formatted(name, rawEnd(), fileEnd));
    }
  }
}
