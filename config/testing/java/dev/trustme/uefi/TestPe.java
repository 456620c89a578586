// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Builds small PE32+ images that loaders and signers accept. */
public final class TestPe {
  /** Where things lie in every image built here. */
  public static final int LFANEW = 0x80;

  public static final int CERTIFICATE_ENTRY = LFANEW + 168;
  public static final int SECTION_TABLE = LFANEW + 24 + 240;
  public static final int HEADERS = 0x400;

  private record Section(String name, Bytes content) {}

  private final List<Section> sections = new ArrayList<>();
  private int machine = 0x8664;
  private boolean pe32;

  public TestPe section(String name, Bytes content) {
    sections.add(new Section(name, content));
    return this;
  }

  public TestPe section(String name, String content) {
    return section(name, Bytes.utf8(content));
  }

  /** Of another IMAGE_FILE_HEADER.Machine. */
  public TestPe machine(int other) {
    machine = other;
    return this;
  }

  /** PE32 instead of PE32+, for i386; its optional header is 16 bytes shorter. */
  public TestPe pe32() {
    pe32 = true;
    return machine(0x014c);
  }

  /** An unsigned image with one section of code. */
  public static Bytes small() {
    return new TestPe().section(".text", Bytes.zeros(600)).build();
  }

  /** A unified kernel image on a stub of that version; unsigned. */
  public static TestPe uki(String stubVersion) {
    return new TestPe()
        .section(".text", Bytes.zeros(16))
        .section(".sdmagic", "#### LoaderInfo: systemd-stub %s ####\0".formatted(stubVersion))
        .section(".osrel", "ID=test\n");
  }

  public Bytes build() {
    var body = BinaryWriter.littleEndian();
    var table = BinaryWriter.littleEndian();
    long address = 0x1000;
    for (Section section : sections) {
      int raw = HEADERS + body.size();
      int size = section.content.size();
      body.bytes(section.content).align(0x200);
      var name = Bytes.concat(Bytes.utf8(section.name), Bytes.zeros(8 - section.name.length()));
      table.bytes(name).u32(size).u32(address);
      table.u32(HEADERS + body.size() - raw).u32(raw).zeros(12).u32(0x40000040L);
      address += (size + 0xfffL) / 0x1000 * 0x1000;
    }
    var file = BinaryWriter.littleEndian();
    file.u16(0x5a4d).zeros(0x3a).u32(LFANEW).zeros(LFANEW - 0x40);
    file.u32(0x4550).u16(machine).u16(sections.size()).zeros(12);
    file.u16(pe32 ? 224 : 240).u16(0x0206);
    optionalHeader(file, address);
    return file.bytes(table.toBytes()).align(HEADERS).bytes(body.toBytes()).toBytes();
  }

  private void optionalHeader(BinaryWriter file, long sizeOfImage) {
    file.u16(pe32 ? 0x10b : 0x20b).zeros(14).u32(0x1000).u32(0x1000).u64(0).u32(0x1000).u32(0x200);
    file.zeros(16).u32(sizeOfImage).u32(HEADERS).u32(0).u16(10).u16(0);
    file.zeros(pe32 ? 20 : 36).u32(16).zeros(16 * 8);
  }

  /** The same bytes with a 32-bit little-endian number put at an offset. */
  public static Bytes with(Bytes image, int offset, long value) {
    var number = BinaryWriter.littleEndian().u32(value).toBytes();
    return Bytes.concat(image.slice(0, offset), number, image.slice(offset + 4, image.size()));
  }

  /** The image, zero-padded to 8, with this certificate table; its CheckSum is left alone. */
  public static Bytes withTable(Bytes image, Bytes table) {
    var padded = BinaryWriter.littleEndian().bytes(image).align(8).toBytes();
    var entry = with(padded, CERTIFICATE_ENTRY, padded.size());
    return Bytes.concat(with(entry, CERTIFICATE_ENTRY + 4, table.size()), table);
  }

  /** A WIN_CERTIFICATE with that content, padded to 8 outside of dwLength. */
  public static Bytes entry(Bytes content) {
    return BinaryWriter.littleEndian()
        .u32(8 + content.size())
        .u16(0x0200)
        .u16(2)
        .bytes(content)
        .align(8)
        .toBytes();
  }

  private static final Bytes DER = Bytes.fromHex("3003020101");

  /** An image that claims to be signed; nobody checks the signature here. */
  public static Bytes signed(Bytes image) {
    return withTable(image, entry(DER));
  }
}
