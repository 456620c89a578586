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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Appends sections to a boot stub. Microsoft PE Format: raw data is padded to FileAlignment and
 * VirtualSize is the real size, addresses follow the stub's last section, SizeOfImage,
 * SizeOfInitializedData and the checksum are written anew. The stub's sections stay as they are,
 * but move where the headers need room for more section headers; its {@code .sbat} alone may be
 * exchanged for a merged one: in its place, or behind all others where that is too small.
 */
public final class UkiAssembler {
  private static final String SBAT = ".sbat";
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

  /** Offsets in a section header. */
  private static final int VIRTUAL_SIZE = 8;

  private static final int SIZE_OF_RAW_DATA = 16;
  private static final int POINTER_TO_RAW_DATA = 20;

  private final PeImage stub;
  private final PeHeader header;
  private final List<UkiSection> added;
  private final int coff;
  private final int headersSize;
  private final Optional<UkiSection> sbat;
  private final List<PeSection> kept;

  private UkiAssembler(PeImage stub, List<UkiSection> sections) throws FormatException {
    this.stub = stub;
    this.header = stub.header();
    this.sbat =
        sections.stream()
            .filter(s -> s.name().equals(SBAT) && stub.section(SBAT).isPresent())
            .filter(s -> s.content().size() <= room(stub))
            .findFirst();
    this.added = sections.stream().filter(s -> !s.equals(sbat.orElse(null))).toList();
    this.kept =
        stub.sections().stream()
            .filter(s -> added.stream().noneMatch(a -> a.name().equals(s.name())))
            .toList();
    this.coff = Math.toIntExact(field(0x3c));
    this.headersSize = headersSize();
  }

  /** The unsigned image; a stub that cannot take these sections is malformed for the purpose. */
  public static Bytes assemble(PeImage stub, List<UkiSection> sections) throws FormatException {
    for (var section : sections) {
      boolean taken = stub.section(section.name()).isPresent() && !section.name().equals(SBAT);
      if (taken || sections.stream().filter(s -> s.name().equals(section.name())).count() != 1) {
        throw malformed("has a section %s already".formatted(section.name()));
      }
    }
    if (!stub.certificates().isEmpty()) {
      throw malformed("is signed already: take the distribution's unsigned one");
    }
    return new UkiAssembler(stub, sections).assemble();
  }

  /** Bytes between the address of the stub's .sbat and that of the next section. */
  private static long room(PeImage stub) {
    long address = stub.section(SBAT).map(PeSection::virtualAddress).orElse(0L);
    return stub.sections().stream()
            .mapToLong(PeSection::virtualAddress)
            .filter(next -> next > address)
            .min()
            .orElse(address + PAGE)
        - address;
  }

  private static FormatException malformed(String problem) {
    return new FormatException("boot stub", 0, problem);
  }

  /** SizeOfHeaders with room for the added section headers. */
  private int headersSize() throws FormatException {
    long count = kept.size() + (long) added.size();
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
    if (kept.size() < stub.sections().size() && hasDebugData()) {
      throw malformed("has debug data, which cannot move to make room for a longer .sbat");
    }
    long fileAlignment = header.fileAlignment();
    var out = BinaryWriter.littleEndian();
    out.bytes(Bytes.copyOf(stub.file().limit(Math.toIntExact(header.sizeOfHeaders()))));
    out.zeros(headersSize - out.size());
    long expected = header.sizeOfHeaders();
    List<Integer> offsets = new ArrayList<>();
    for (var section : stub.sections()) {
      if (section.rawSize() != 0 && section.rawOffset() != expected) {
        throw malformed("has a gap before section " + section.name());
      }
      expected = align(expected + section.rawSize(), fileAlignment);
      if (kept.contains(section)) {
        offsets.add(out.size());
        out.bytes(content(section)).align(Math.toIntExact(fileAlignment));
      }
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
    return patched(out.toBytes(), table.toBytes(), offsets, new Grown(end, initialized));
  }

  /** The section as the stub has it, or the merged .sbat. */
  private Bytes content(PeSection section) throws FormatException {
    if (sbat.isEmpty() || !section.name().equals(SBAT)) {
      return Bytes.copyOf(stub.raw(section));
    }
    var content = sbat.get().content();
    if (content.size() > section.rawSize() && hasDebugData()) {
      throw malformed("has debug data, which cannot move to make room for a longer .sbat");
    }
    return content;
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

  /** What the added sections came to: the last address, and their data in the file. */
  private record Grown(long end, long initialized) {}

  /** The headers written anew: the only bytes of the stub that change. */
  private Bytes patched(Bytes image, Bytes table, List<Integer> offsets, Grown grown) {
    var file = ByteBuffer.wrap(image.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    int tableOffset = header.sectionTableOffset();
    for (int i = 0; i < kept.size(); i++) {
      int from = tableOffset + stub.sections().indexOf(kept.get(i)) * SECTION_HEADER;
      int to = tableOffset + i * SECTION_HEADER;
      file.put(to, image.slice(from, from + SECTION_HEADER).toArray());
      patchSection(file, to, kept.get(i), offsets.get(i));
    }
    file.put(tableOffset + kept.size() * SECTION_HEADER, table.toArray());
    file.putShort(coff + NUMBER_OF_SECTIONS, (short) (kept.size() + added.size()));
    file.putLong(coff + POINTER_TO_SYMBOL_TABLE, 0);
    int data = coff + SIZE_OF_INITIALIZED_DATA;
    file.putInt(data, Math.toIntExact(file.getInt(data) + grown.initialized));
    file.putInt(coff + SIZE_OF_IMAGE, Math.toIntExact(align(grown.end, header.sectionAlignment())));
    file.putInt(coff + SIZE_OF_HEADERS, headersSize);
    int checkSum = header.checkSumOffset();
    file.putInt(checkSum, (int) PeImage.checkSum(file.rewind(), checkSum));
    return Bytes.copyOf(file);
  }

  private void patchSection(ByteBuffer file, int at, PeSection section, int offset) {
    if (section.rawSize() != 0) {
      file.putInt(at + POINTER_TO_RAW_DATA, offset);
    }
    if (sbat.isPresent() && section.name().equals(SBAT)) {
      int size = sbat.get().content().size();
      file.putInt(at + VIRTUAL_SIZE, size);
      file.putInt(at + SIZE_OF_RAW_DATA, Math.toIntExact(align(size, header.fileAlignment())));
      file.putInt(at + POINTER_TO_RAW_DATA, offset);
    }
  }

  private static long align(long value, long alignment) {
    return (value + alignment - 1) / alignment * alignment;
  }
}
