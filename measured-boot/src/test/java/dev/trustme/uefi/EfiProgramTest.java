// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Kinds of programs, and the two ways to hash one. */
class EfiProgramTest {
  private static Bytes put(Bytes image, int offset, Bytes content) {
    return Bytes.concat(
        image.slice(0, offset), content, image.slice(offset + content.size(), image.size()));
  }

  private static Bytes zboot(long offset, long size, String compression) {
    var name = Bytes.concat(Bytes.utf8(compression), Bytes.zeros(32 - compression.length()));
    var header = BinaryWriter.littleEndian().u16(0).bytes(Bytes.utf8("zimg")).u32(offset).u32(size);
    return put(TestPe.small(), 2, header.zeros(8).bytes(name).toBytes());
  }

  @Test
  void namesMachineAndKind() throws Exception {
    var kinds =
        Map.of(
            "x86-64 EFI program, PE32+", TestPe.small(),
            "i386 EFI program, PE32", new TestPe().pe32().section(".text", "x").build(),
            "AArch64 ARM64 Image kernel",
                put(
                    new TestPe().machine(0xaa64).section(".text", "x").build(),
                    0x38,
                    Bytes.utf8("ARMd")),
            "x86-64 unified kernel image", TestPe.uki("252").section(".linux", "x").build(),
            "x86-64 EFI zboot kernel, zstd, payload of 16 bytes at offset 1024",
                zboot(1024, 16, "zstd"));
    for (var kind : kinds.entrySet()) {
      assertEquals(kind.getKey(), EfiProgram.of(PeImage.parse(kind.getValue())).toString());
    }
  }

  @Test
  void refusesAPayloadBeyondTheImageAndAnUnknownCompression() throws Exception {
    for (var image : new Bytes[] {zboot(1024, 1 << 20, "gzip"), zboot(1024, 16, "rot13")}) {
      var parsed = PeImage.parse(image);
      assertThrows(FormatException.class, () -> EfiZboot.of(parsed));
    }
  }

  @Test
  void bothWalksAgreeWhereNothingLiesBetweenSections() throws Exception {
    var two = new TestPe().section(".a", Bytes.zeros(600)).section(".b", Bytes.utf8("b"));
    var image = PeImage.parse(Bytes.concat(two.build(), Bytes.utf8("trailing")));
    assertEquals(
        image.authenticodeDigest(HashAlgorithm.SHA256),
        image.sectionWalkDigest(HashAlgorithm.SHA256));
    // The first section says that it ends earlier: 0x200 bytes are nobody's.
    var gap =
        PeImage.parse(
            TestPe.with(
                TestPe.with(two.build(), TestPe.SECTION_TABLE + 16, 0x200),
                TestPe.SECTION_TABLE + 8,
                0x200));
    var refused =
        assertThrows(FormatException.class, () -> gap.authenticodeDigest(HashAlgorithm.SHA256));
    assertTrue(
        refused.problem().contains("digests of this image are ambiguous"), refused.problem());
  }
}
