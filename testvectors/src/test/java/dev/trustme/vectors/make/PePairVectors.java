// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.sign.SignatureTable;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** An EFI program of two sections: how they may not lie, and what its signature may not lack. */
final class PePairVectors {
  private static final int SECOND = TestPe.SECTION_TABLE + 40;
  private static final int VIRTUAL_SIZE = 8;
  private static final int RAW_SIZE = 16;
  private static final int RAW_OFFSET = 20;

  private final FamilyMaker family;
  private final Identity signer;
  private final Bytes program =
      new TestPe().section(".text", Bytes.zeros(600)).section(".cmdline", "quiet ro").build();

  PePairVectors(FamilyMaker family, Identity signer) {
    this.family = family;
    this.signer = signer;
  }

  private Bytes signed(UnaryOperator<SpcBuilder> change) throws IOException, FormatException {
    var signature = change.apply(new SpcBuilder(program, signer)).build();
    return SignatureTable.write(PeImage.parse(program), List.of(signature));
  }

  void make(Map<String, String> files) throws IOException, FormatException {
    var image = signed(spc -> spc);
    family.file("two-sections.efi", image);
    var all = new TreeMap<>(files);
    all.put("image", "two-sections.efi");
    var good = family.accept("two-sections", "code and a command line", all, Map.of());
    sections(good, image);
    refuse(
        good,
        "optional-header-short",
        "SizeOfOptionalHeader ends inside the data directories",
        FamilyMaker.with(image, TestPe.LFANEW + 20, 144, 0));
    refuse(
        good,
        "table-offset-huge",
        "the certificate table's offset and size together pass 2^32",
        TestPe.with(image, TestPe.CERTIFICATE_ENTRY, 0xfffffff8L));
    refuse(
        good,
        "message-digest",
        "the attribute messageDigest is that of another content",
        signed(SpcBuilder::otherMessageDigest));
  }

  private void sections(Vector good, Bytes image) throws IOException {
    refuse(
        good,
        "section-twice",
        "two sections of one name, of which readers take the first or the last",
        FamilyMaker.with(image, SECOND, '.', 't', 'e', 'x', 't', 0, 0, 0));
    refuse(
        good,
        "sections-overlap",
        "the second section's data begins inside the first",
        TestPe.with(image, SECOND + RAW_OFFSET, TestPe.HEADERS + 0x200));
    refuse(
        good,
        "section-size-huge",
        "offset and size of a section's data together pass 2^32",
        TestPe.with(image, SECOND + RAW_SIZE, 0xfffffe00L));
    refuse(
        good,
        "section-memory-huge",
        "address and size of a section in memory together pass 2^32",
        TestPe.with(image, SECOND + VIRTUAL_SIZE, 0xfffff000L));
  }

  private void refuse(Vector good, String id, String comment, Bytes image) throws IOException {
    family.refuse(good, id, comment, "image", image);
  }
}
