// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;

/** A small image with the sections by which a shim is known, under short names. */
record TestShim(String version, Bytes vendorCertificate, Bytes vendorDbx, String automatic) {
  static final Bytes VENDOR = Bytes.fromHex("300176");
  static final String LEVEL = "sbat,1,2025021800\nshim,4\n";

  static TestShim usual() {
    return new TestShim("16.1", VENDOR, Bytes.empty(), LEVEL);
  }

  TestShim withVersion(String other) {
    return new TestShim(other, vendorCertificate, vendorDbx, automatic);
  }

  TestShim withVendor(Bytes certificate, Bytes dbx) {
    return new TestShim(version, certificate, dbx, automatic);
  }

  PeImage image() throws FormatException {
    int names = 4;
    var strings =
        BinaryWriter.littleEndian()
            .bytes(Bytes.utf8(".data.ident\0.vendor_cert\0.sbatlevel\0"))
            .toBytes();
    var pe =
        new TestPe()
            .section("/4", "UEFI SHIM\n$Version: %s $\n$BuildMachine: x $\n".formatted(version))
            .section("/16", vendorTable())
            .section("/29", levels())
            .section(".strtab", Bytes.concat(Bytes.zeros(names), strings));
    return PeImage.parse(TestPe.signed(withSymbolTable(pe.build(), strings)));
  }

  private Bytes vendorTable() {
    return BinaryWriter.littleEndian()
        .u32(vendorCertificate.size())
        .u32(vendorDbx.size())
        .u32(16)
        .u32(16L + vendorCertificate.size())
        .bytes(vendorCertificate)
        .bytes(vendorDbx)
        .toBytes();
  }

  private Bytes levels() {
    return BinaryWriter.littleEndian()
        .u32(0)
        .u32(8)
        .u32(8L + automatic.length() + 1)
        .bytes(Bytes.utf8(automatic + "\0sbat,1,2030010100\n\0"))
        .toBytes();
  }

  /** An empty symbol table where the strings lie: PointerToSymbolTable, with no symbols. */
  private static Bytes withSymbolTable(Bytes image, Bytes strings) {
    for (int at = 0; at < image.size(); at++) {
      if (image.slice(at, image.size()).startsWith(strings)) {
        return TestPe.with(image, TestPe.LFANEW + 12, at - 4L);
      }
    }
    throw new IllegalStateException("no strings");
  }
}
