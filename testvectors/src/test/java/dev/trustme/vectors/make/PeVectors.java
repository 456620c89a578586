// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import dev.trustme.vectors.Vector;
import java.io.IOException;

/** PE headers that lead readers to differ: a field changed in a signed image. */
final class PeVectors {
  private static final int SECTIONS = TestPe.LFANEW + 6;
  private static final int OPTIONAL = TestPe.LFANEW + 24;
  private static final int DIRECTORIES = TestPe.LFANEW + 132;
  private static final int SIZE_OF_HEADERS = TestPe.LFANEW + 84;
  private static final int TABLE = TestPe.SECTION_TABLE;

  private final FamilyMaker family;
  private final Vector good;
  private final Bytes image;

  PeVectors(FamilyMaker family, Vector good, Bytes image) {
    this.family = family;
    this.good = good;
    this.image = image;
  }

  private void field(String id, String comment, int offset, long value, String reason)
      throws IOException {
    family.otherFile(good, id, comment, "image", TestPe.with(image, offset, value), reason);
  }

  void make() throws IOException, FormatException {
    headers();
    sections();
  }

  private void headers() throws IOException {
    field(
        "lfanew-in-dos-header",
        "e_lfanew points into the MS-DOS header",
        0x3c,
        0x20,
        "MS-DOS header: e_lfanew 0x20 lies inside this header");
    field(
        "lfanew-beyond-file",
        "e_lfanew is 2^31",
        0x3c,
        0x80000000L,
        "COFF file header: lies outside the input of %d bytes".formatted(image.size()));
    field(
        "magic",
        "the optional header's magic is that of a ROM image",
        OPTIONAL,
        0x107,
        "optional header: Magic 0x107");
    field(
        "four-directories",
        "no room for the certificate table's directory entry",
        DIRECTORIES,
        4,
        "optional header: NumberOfRvaAndSizes 4 leaves no room for the certificate table, or is"
            + " above 16");
    family.otherFile(
        good,
        "no-optional-header",
        "SizeOfOptionalHeader 0",
        "image",
        FamilyMaker.with(image, TestPe.LFANEW + 20, 0, 0),
        "optional header: need 2 bytes, 0 remain");
    field(
        "headers-beyond-file",
        "SizeOfHeaders is more than the file",
        SIZE_OF_HEADERS,
        0x100000,
        "optional header: SizeOfHeaders %d, but the section table ends at %d and the file at %d"
            .formatted(0x100000, TABLE + 40, image.size()));
    field(
        "headers-too-short",
        "SizeOfHeaders ends before the section table",
        SIZE_OF_HEADERS,
        0x180,
        "optional header: SizeOfHeaders %d, but the section table ends at %d and the file at %d"
            .formatted(0x180, TABLE + 40, image.size()));
    family.otherFile(
        good,
        "no-sections",
        "NumberOfSections 0",
        "image",
        FamilyMaker.with(image, SECTIONS, 0),
        "COFF file header: NumberOfSections 0");
  }

  private void sections() throws IOException, FormatException {
    field(
        "section-in-headers",
        "the section's data begins inside the headers",
        TABLE + 20,
        0x200,
        "section header: .text at offset 512 overlaps what ends at 1024, or is out of order");
    field(
        "section-beyond-content",
        "the section's data reaches into the certificate table",
        TABLE + 20,
        0x600,
        "section header: .text ends at 2560, the content of the file at 2048");
    field(
        "section-address",
        "the section is loaded over the headers",
        TABLE + 12,
        0x200,
        "section header: .text at address 0x200 overlaps what ends at 0x400, or is out of order");
    field(
        "section-beyond-image",
        "the section ends behind SizeOfImage",
        TABLE + 8,
        0x10000,
        "section header: .text ends at address 0x11000, SizeOfImage is 0x2000");
    field(
        "raw-size",
        "more data in the file than in memory",
        TABLE + 8,
        0x100,
        "section header: .text has SizeOfRawData 1024 for VirtualSize 256");
    var later = TestPe.with(TestPe.with(image, TABLE + 20, 0x600), TABLE + 16, 0x200);
    family.otherFile(
        good,
        "gap",
        "the section's data begins later: bytes before it belong to none",
        "image",
        later,
        ambiguous(later));
  }

  /** Both digests are told, which nobody can say beforehand. */
  private static String ambiguous(Bytes image) throws FormatException {
    try {
      PeImage.parse(image).authenticodeDigest(HashAlgorithm.SHA256);
      throw new IllegalStateException("no gap was seen");
    } catch (FormatException e) {
      if (!e.problem().startsWith("512 bytes before it belong to no section")) {
        throw e;
      }
      return e.structure() + ": " + e.problem();
    }
  }
}
