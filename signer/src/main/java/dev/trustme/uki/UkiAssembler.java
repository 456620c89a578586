// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.PeHeader;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Appends sections to a boot stub. Microsoft PE Format: raw data is padded to FileAlignment and
 * VirtualSize is the real size, addresses follow the stub's last section, SizeOfImage,
 * SizeOfInitializedData and the checksum are written anew. The stub's sections stay as they are,
 * but move where the headers need room for more section headers.
 */
public final class UkiAssembler {
  private static final int SECTION_HEADER = 40;
  private static final int PAGE = 4096;

  /** IMAGE_SCN_CNT_INITIALIZED_DATA and IMAGE_SCN_MEM_READ. */
  private static final long CHARACTERISTICS = 0x40000040L;

  /** Offsets from the COFF header's signature, the same in PE32 and PE32+. */
  private static final int NUMBER_OF_SECTIONS = 6;

  private static final int POINTER_TO_SYMBOL_TABLE = 12;
  private static final int NUMBER_OF_SYMBOLS = 16;
  private static final int SYMBOL = 18;
  private static final int SIZE_OF_INITIALIZED_DATA = 24 + 8;
  private static final int SIZE_OF_IMAGE = 24 + 56;
  private static final int SIZE_OF_HEADERS = 24 + 60;
  private static final int DEBUG_DIRECTORY = 2 * 8;

  private final PeImage stub;
  private final PeHeader header;
  private final List<UkiSection> added;
  private final int coff;
  private final int headersSize;

  private UkiAssembler(PeImage stub, List<UkiSection> added) throws FormatException {
    this.stub = stub;
    this.header = stub.header();
    this.added = List.copyOf(added);
    this.coff = Math.toIntExact(field(0x3c));
    this.headersSize = headersSize();
  }

  /** The unsigned image; a stub that cannot take these sections is malformed for the purpose. */
  public static Bytes assemble(PeImage stub, List<UkiSection> sections) throws FormatException {
    for (var section : sections) {
      if (stub.section(section.name()).isPresent()
          || sections.stream().filter(s -> s.name().equals(section.name())).count() != 1) {
        throw malformed("has a section %s already".formatted(section.name()));
      }
    }
    if (!stub.certificates().isEmpty()) {
      throw malformed("is signed already: take the distribution's unsigned one");
    }
    return new UkiAssembler(stub, sections).assemble();
  }

  private static FormatException malformed(String problem) {
    return new FormatException("boot stub", 0, problem);
  }

  /** SizeOfHeaders with room for the added section headers. */
  private int headersSize() throws FormatException {
    long count = header.numberOfSections() + (long) added.size();
    long needed =
        align(header.sectionTableOffset() + count * SECTION_HEADER, header.fileAlignment());
    long size = Math.max(needed, header.sizeOfHeaders());
    if (size > stub.sections().getFirst().virtualAddress()) {
      throw malformed(
          "has no room for %d more section headers before address 0x%x"
              .formatted(added.size(), stub.sections().getFirst().virtualAddress()));
    }
    int tableEnd = header.sectionTableOffset() + header.numberOfSections() * SECTION_HEADER;
    int known = Math.toIntExact(header.sizeOfHeaders()) - tableEnd;
    if (!Bytes.copyOf(stub.file().slice(tableEnd, known)).isAllZero()) {
      throw malformed("has data behind its section table");
    }
    if (size > header.sizeOfHeaders() && hasDebugData()) {
      throw malformed("has debug data, which cannot move to make room for headers");
    }
    return Math.toIntExact(size);
  }

  private boolean hasDebugData() {
    return field(header.certificateEntryOffset() + DEBUG_DIRECTORY) != 0;
  }

  private long field(int offset) {
    return Integer.toUnsignedLong(stub.file().order(ByteOrder.LITTLE_ENDIAN).getInt(offset));
  }

  private Bytes assemble() throws FormatException {
    long fileAlignment = header.fileAlignment();
    var out = BinaryWriter.littleEndian();
    out.bytes(Bytes.copyOf(stub.file().limit(Math.toIntExact(header.sizeOfHeaders()))));
    out.zeros(headersSize - out.size());
    for (var section : stub.sections()) {
      requireContiguous(section, out.size());
      out.bytes(Bytes.copyOf(stub.raw(section))).align(Math.toIntExact(fileAlignment));
    }
    requireOnlySymbolsBehindSections();
    var table = BinaryWriter.littleEndian();
    var last = stub.sections().getLast();
    long end = last.virtualAddress() + last.virtualSize();
    long initialized = 0;
    for (var section : added) {
      long address = align(end, Math.max(header.sectionAlignment(), PAGE));
      end = address + section.content().size();
      long raw = align(section.content().size(), fileAlignment);
      initialized += raw;
      writeHeader(table, section, address, raw, out.size());
      out.bytes(section.content()).align(Math.toIntExact(fileAlignment));
    }
    return patched(out.toBytes(), table.toBytes(), end, initialized);
  }

  private void requireContiguous(PeSection section, int offset) throws FormatException {
    long moved = headersSize - header.sizeOfHeaders();
    if (section.rawSize() != 0 && section.rawOffset() + moved != offset) {
      throw malformed("has a gap before section " + section.name());
    }
  }

  /**
   * The COFF symbol and string table, which images should not have and nothing reads, is dropped;
   * anything else behind the sections is refused.
   */
  private void requireOnlySymbolsBehindSections() throws FormatException {
    long end = stub.sections().stream().mapToLong(PeSection::rawEnd).max().orElse(0);
    long symbols = field(coff + POINTER_TO_SYMBOL_TABLE);
    long strings = symbols + SYMBOL * field(coff + NUMBER_OF_SYMBOLS);
    boolean table =
        symbols == end
            && strings + 4 <= stub.contentSize()
            && strings + field(Math.toIntExact(strings)) == stub.contentSize();
    if (stub.contentSize() > align(end, header.fileAlignment()) && !table) {
      throw malformed("has bytes behind its last section that are no symbol table");
    }
  }

  private static void writeHeader(
      BinaryWriter table, UkiSection section, long address, long rawSize, long rawOffset) {
    var name = Bytes.utf8(section.name());
    table
        .bytes(name)
        .zeros(8 - name.size())
        .u32(section.content().size())
        .u32(address)
        .u32(rawSize)
        .u32(rawOffset)
        .zeros(12)
        .u32(CHARACTERISTICS);
  }

  /** The headers written anew: the only bytes of the stub that change. */
  private Bytes patched(Bytes image, Bytes table, long end, long initialized) {
    var file = ByteBuffer.wrap(image.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    int sections = header.numberOfSections();
    int tableOffset = header.sectionTableOffset();
    int moved = headersSize - Math.toIntExact(header.sizeOfHeaders());
    for (int i = 0; i < sections; i++) {
      int pointer = tableOffset + i * SECTION_HEADER + 20;
      if (file.getInt(pointer) != 0) {
        file.putInt(pointer, file.getInt(pointer) + moved);
      }
    }
    file.put(tableOffset + sections * SECTION_HEADER, table.toArray());
    file.putShort(coff + NUMBER_OF_SECTIONS, (short) (sections + added.size()));
    file.putLong(coff + POINTER_TO_SYMBOL_TABLE, 0);
    int data = coff + SIZE_OF_INITIALIZED_DATA;
    file.putInt(data, Math.toIntExact(file.getInt(data) + initialized));
    file.putInt(coff + SIZE_OF_IMAGE, Math.toIntExact(align(end, header.sectionAlignment())));
    file.putInt(coff + SIZE_OF_HEADERS, headersSize);
    int checkSum = header.checkSumOffset();
    file.putInt(checkSum, (int) PeImage.checkSum(file.rewind(), checkSum));
    return Bytes.copyOf(file);
  }

  private static long align(long value, long alignment) {
    return (value + alignment - 1) / alignment * alignment;
  }
}
