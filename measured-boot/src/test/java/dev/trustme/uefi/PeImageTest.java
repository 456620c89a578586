// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class PeImageTest {
  private static final int NUMBER_OF_SECTIONS = TestPe.LFANEW + 6;
  private static final int NUMBER_OF_RVA_AND_SIZES = TestPe.LFANEW + 132;
  private static final int SIZE_OF_HEADERS = TestPe.LFANEW + 84;
  private static final int FILE_ALIGNMENT = TestPe.LFANEW + 24 + 36;
  private static final int SECOND_SECTION = TestPe.SECTION_TABLE + 40;

  private static final Bytes TWO =
      new TestPe().section(".a", Bytes.zeros(600)).section(".b", Bytes.zeros(600)).build();

  private static String rejected(Bytes file) {
    return assertThrows(FormatException.class, () -> PeImage.parse(file)).toString();
  }

  private static void assertRejected(String problem, Bytes file) {
    String message = rejected(file);
    assertTrue(message.contains(problem), message);
  }

  private static Bytes flipped(int offset) {
    byte[] bytes = TWO.toArray();
    bytes[offset] ^= 1;
    return Bytes.copyOf(bytes);
  }

  private static Bytes with(int offset, long value) {
    return TestPe.with(TWO, offset, value);
  }

  @Test
  void readsHeadersAndSections() throws FormatException {
    var image = PeImage.parse(new TestPe().section(".cmdline", "quiet").build());
    var section = image.section(".cmdline").orElseThrow();
    assertEquals(5, section.virtualSize());
    assertEquals(0x200, section.rawSize());
    assertEquals("quiet", Bytes.copyOf(image.content(section)).utf8());
    assertEquals(0x8664, image.header().machine());
    assertEquals(TestPe.CERTIFICATE_ENTRY, image.header().certificateEntryOffset());
    assertEquals(TestPe.SECTION_TABLE, image.header().sectionTableOffset());
    assertTrue(image.certificateTable().isEmpty());
  }

  @Test
  void aProgramIsTheSameWhateverIsSignedAndPadded() throws FormatException {
    var image = PeImage.parse(TWO);
    int checkSum = image.header().checkSumOffset();
    assertTrue(image.sameProgram(PeImage.parse(with(checkSum, 0x1234))));
    var unaligned = Bytes.concat(TWO, Bytes.utf8("debug"));
    var padded = Bytes.concat(unaligned, Bytes.zeros(3));
    var signed = TestPe.signed(padded);
    assertTrue(PeImage.parse(unaligned).sameProgram(PeImage.parse(signed)));
    assertTrue(PeImage.parse(signed).sameProgram(PeImage.parse(unaligned)));
    for (int at : new int[] {2, TestPe.LFANEW + 8, checkSum + 6, TWO.size() - 1}) {
      var changed = PeImage.parse(flipped(at));
      assertFalse(image.sameProgram(changed), "a byte at " + at);
      assertFalse(changed.sameProgram(image), "a byte at " + at);
    }
    for (String more : new String[] {"debug", "debug\0\0\1", "debug\0\0\0\0\0\0\0\0"}) {
      var other = PeImage.parse(Bytes.concat(TWO, Bytes.utf8(more)));
      assertEquals(more.equals("debug"), other.sameProgram(PeImage.parse(signed)), more);
      assertFalse(image.sameProgram(other), more);
    }
  }

  @Test
  void digestIsWhatSbsignAndOsslsigncodeSign(@TempDir Path folder) throws Exception {
    Judge.makeKey(folder);
    // Not a multiple of 8: trailing data after the sections, which both tools pad and hash.
    var unaligned = Bytes.concat(TWO, Bytes.utf8("debug"));
    Judge.write(folder, "in.efi", unaligned);
    var sbsign =
        Judge.run(
            folder,
            "sbsign",
            "--key",
            "key.pem",
            "--cert",
            "cert.pem",
            "--output",
            "sb.efi",
            "in.efi");
    assertEquals(0, sbsign.code(), sbsign.output());
    var ossl =
        Judge.run(
            folder,
            "osslsigncode",
            "sign",
            "-h",
            "sha256",
            "-certs",
            "cert.pem",
            "-key",
            "key.pem",
            "-in",
            "in.efi",
            "-out",
            "ossl.efi");
    assertEquals(0, ossl.code(), ossl.output());
    var digest = PeImage.parse(unaligned).authenticodeDigest(HashAlgorithm.SHA256);
    for (String name : new String[] {"sb.efi", "ossl.efi"}) {
      var signed = PeImage.parse(Bytes.copyOf(Files.readAllBytes(folder.resolve(name))));
      assertEquals(1, signed.certificates().size());
      assertEquals(digest, signed.authenticodeDigest(HashAlgorithm.SHA256));
      assertTrue(
          signed.certificates().getFirst().signedData().hex().contains(digest.hex()),
          "the signature holds the digest");
      var judged = Judge.run(folder, "sbverify", "--cert", "cert.pem", name);
      assertEquals(0, judged.code(), judged.output());
    }
  }

  @Test
  void checkSumIsWhatOsslsigncodeComputes(@TempDir Path folder) throws Exception {
    Judge.makeKey(folder);
    Judge.write(folder, "in.efi", TWO);
    Judge.run(
        folder,
        "osslsigncode",
        "sign",
        "-certs",
        "cert.pem",
        "-key",
        "key.pem",
        "-in",
        "in.efi",
        "-out",
        "out.efi");
    var image = PeImage.parse(Bytes.copyOf(Files.readAllBytes(folder.resolve("out.efi"))));
    long sum = PeImage.checkSum(image.file(), image.header().checkSumOffset());
    var judged = Judge.run(folder, "osslsigncode", "verify", "-CAfile", "cert.pem", "out.efi");
    String line = "PE checksum   : %08X".formatted(sum);
    assertTrue(judged.output().contains(line), line + " in " + judged.output());
  }

  @Test
  void everyHashedByteChangesTheDigestAndNoOther() throws FormatException {
    var signed = TestPe.signed(TWO);
    var image = PeImage.parse(signed);
    var digest = image.authenticodeDigest(HashAlgorithm.SHA256);
    for (int offset : new int[] {0x40, TestPe.HEADERS, TWO.size() - 1}) {
      assertTrue(!digest.equals(digestOf(flip(signed, offset))), "byte " + offset);
    }
    assertEquals(digest, digestOf(flip(signed, image.header().checkSumOffset())));
    assertEquals(digest, digestOf(TWO));
  }

  private static dev.trustme.bytes.Digest digestOf(Bytes file) throws FormatException {
    return PeImage.parse(file).authenticodeDigest(HashAlgorithm.SHA256);
  }

  private static Bytes flip(Bytes file, int offset) {
    var copy = file.toArray();
    copy[offset] ^= 1;
    return Bytes.copyOf(copy);
  }

  @Test
  void refusesADigestWhereThereIsAGap() throws FormatException {
    var moved = Bytes.concat(TWO.slice(0, 0x800), Bytes.zeros(0x200), TWO.slice(0x800, TWO.size()));
    var image = PeImage.parse(TestPe.with(moved, SECOND_SECTION + 20, 0xa00));
    var refused =
        assertThrows(FormatException.class, () -> image.authenticodeDigest(HashAlgorithm.SHA256));
    assertTrue(refused.toString().contains("512 bytes before it belong to no section"));
  }

  @Test
  void rejectsWhatIsNoImage() {
    assertRejected("not a PE image", Bytes.zeros(512));
    assertRejected("need 2 bytes", Bytes.empty());
    assertRejected("e_lfanew 0x3f", with(0x3c, 0x3f));
    assertRejected("lies outside", with(0x3c, 0x7fffffff));
    assertRejected("lies outside", with(0x3c, 0xffffffffL));
    assertRejected("does not begin with PE", with(0x3c, 0x40));
    assertRejected("Magic 0x107", with(TestPe.LFANEW + 24, 0x107));
    for (int size : new int[] {1, 0x3f, 0x90, TestPe.HEADERS - 1, TWO.size() - 1}) {
      assertThrows(
          FormatException.class, () -> PeImage.parse(TWO.slice(0, size)), "cut to " + size);
    }
  }

  @Test
  void rejectsHeadersOutOfBounds() {
    assertRejected("NumberOfSections 0", with(NUMBER_OF_SECTIONS, 0));
    assertRejected("NumberOfSections 97", with(NUMBER_OF_SECTIONS, 97));
    assertRejected("NumberOfRvaAndSizes 4", with(NUMBER_OF_RVA_AND_SIZES, 4));
    assertRejected("NumberOfRvaAndSizes 17", with(NUMBER_OF_RVA_AND_SIZES, 17));
    assertRejected("need 128 bytes", with(TestPe.LFANEW + 20, 0x02060070));
    assertRejected("SizeOfHeaders", with(SIZE_OF_HEADERS, 0x1d0));
    assertRejected("SizeOfHeaders", with(SIZE_OF_HEADERS, 0xffffffffL));
    assertRejected("FileAlignment 0", with(FILE_ALIGNMENT, 0));
    assertRejected("FileAlignment 768", with(FILE_ALIGNMENT, 768));
  }

  @Test
  void rejectsSectionsThatOverlapOrLeaveTheFile() {
    assertRejected("overlaps", with(SECOND_SECTION + 20, 0x600));
    assertRejected("overlaps", with(TestPe.SECTION_TABLE + 20, 0x200));
    assertRejected("out of order", with(SECOND_SECTION + 12, 0x1000));
    assertRejected("the content of the file", with(SECOND_SECTION + 20, 0x0a00));
    assertRejected("the content of the file", with(SECOND_SECTION + 20, 0xffffff00L));
    assertRejected("SizeOfImage", with(SECOND_SECTION + 12, 0xfffff000L));
    assertRejected("SizeOfImage", with(SECOND_SECTION + 8, 0xffffffffL));
    assertRejected("SizeOfRawData", with(SECOND_SECTION + 8, 0x100));
  }

  @Test
  void rejectsNamesThatReadersReadDifferently() {
    assertRejected("a second section .a", with(SECOND_SECTION, 0x0000612e));
    assertRejected("NUL-padded", with(SECOND_SECTION, 0x6100622eL));
    assertRejected("NUL-padded", with(SECOND_SECTION, 0x0000ff2eL));
    assertRejected("without a name", with(SECOND_SECTION, 0));
  }

  @Test
  void refusesContentThatTheFileDoesNotHold() throws FormatException {
    var image = PeImage.parse(with(SECOND_SECTION + 8, 0x900));
    assertThrows(FormatException.class, () -> image.content(image.section(".b").orElseThrow()));
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  void corpusImagesHaveTheDigestsThatTheirSignaturesHold() throws Exception {
    var folder = Path.of(System.getenv("TRUSTME_CORPUS")).resolve("pe/go-uefi");
    for (String name : new String[] {"HelloWorld.efi", "test.pecoff"}) {
      var digest = digestOf(Bytes.copyOf(Files.readAllBytes(folder.resolve(name))));
      var signed =
          PeImage.parse(Bytes.copyOf(Files.readAllBytes(folder.resolve(name + ".signed"))));
      assertEquals(digest, signed.authenticodeDigest(HashAlgorithm.SHA256));
      assertTrue(signed.certificates().getFirst().signedData().hex().contains(digest.hex()));
      var judged = Judge.run(folder, "osslsigncode", "verify", name + ".signed");
      assertTrue(judged.output().toLowerCase(Locale.ROOT).contains(digest.hex()), judged.output());
    }
  }
}
