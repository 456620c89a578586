// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BinaryReaderTest {
  private static final Bytes INPUT = Bytes.fromHex("ff8000000001020304050607");

  private static BinaryReader little(Bytes input) {
    return BinaryReader.littleEndian(input, "TEST");
  }

  private interface Read {
    void run() throws FormatException;
  }

  private static void assertMalformed(String message, Read read) {
    assertEquals(message, assertThrows(FormatException.class, read::run).getMessage());
  }

  @Test
  void readsUnsignedNumbersInTheChosenOrder() throws FormatException {
    var input = Bytes.fromHex("fffeffffffffffffffffffffffffff");
    assertEquals(0xff, little(input).u8());
    assertEquals(0xfeff, little(input).u16());
    assertEquals(0xfffffeffL, little(input).u32());
    assertEquals(0xfffffffffffffeffL, little(input).u64());
    assertEquals(0xfffe, BinaryReader.bigEndian(input, "TEST").u16());
    assertEquals(0xfffeffffL, BinaryReader.bigEndian(input, "TEST").u32());
  }

  @Test
  void writerIsItsMirror() throws FormatException {
    var written =
        BinaryWriter.littleEndian().u8(255).u16(0xfffe).u32(0xfffffffdL).u64(-2).align(16);
    var reader = little(written.toBytes());
    assertEquals(255, reader.u8());
    assertEquals(0xfffe, reader.u16());
    assertEquals(0xfffffffdL, reader.u32());
    assertEquals(-2, reader.u64());
    assertEquals(Bytes.zeros(1), reader.rest());
    assertThrows(IllegalArgumentException.class, () -> BinaryWriter.littleEndian().u8(256));
    assertThrows(IllegalArgumentException.class, () -> BinaryWriter.littleEndian().u32(-1));
  }

  @Test
  void checksBeforeItAllocates() {
    assertMalformed(
        "TEST at offset 0 (0x0): need 4294967295 bytes, 12 remain",
        () -> little(INPUT).bytes(0xffffffffL));
    assertMalformed(
        "TEST at offset 0 (0x0): need 18446744073709551615 bytes, 12 remain",
        () -> little(INPUT).bytes(-1));
    assertMalformed(
        "TEST at offset 0 (0x0): need 13 bytes, 12 remain", () -> little(INPUT).skip(13));
  }

  @Test
  void everyReadNamesTheOffsetItFailedAt() throws FormatException {
    var reader = little(INPUT);
    reader.skip(11);
    assertMalformed("TEST at offset 11 (0xb): need 2 bytes, 1 remain", reader::u16);
    assertMalformed("TEST at offset 11 (0xb): need 4 bytes, 1 remain", reader::u32);
    assertMalformed("TEST at offset 11 (0xb): need 8 bytes, 1 remain", reader::u64);
    assertEquals(7, reader.u8());
    assertFalse(reader.hasRemaining());
    assertMalformed("TEST at offset 12 (0xc): need 1 bytes, 0 remain", reader::u8);
  }

  @Test
  void slicesAreBoundedAndKeepAbsoluteOffsets() throws FormatException {
    var reader = little(INPUT);
    reader.skip(2);
    var outer = reader.slice("OUTER", 6);
    outer.skip(3);
    var inner = outer.slice("INNER", 2);
    assertEquals(5, inner.offset());
    inner.skip(1);
    assertMalformed("INNER at offset 6 (0x6): need 2 bytes, 1 remain", inner::u16);
    assertEquals(8, reader.offset());
    assertMalformed("OUTER at offset 7 (0x7): need 2 bytes, 1 remain", () -> outer.slice("X", 2));
    assertMalformed(
        "OUTER at offset 7 (0x7): 1 bytes after the end of the structure", outer::expectEnd);
  }

  @Test
  void atLooksElsewhereWithoutMoving() throws FormatException {
    var reader = little(INPUT);
    assertEquals(7, reader.at("LAST", 11).u8());
    assertEquals(0, reader.offset());
    assertMalformed(
        "FAR at offset 13 (0xd): lies outside the input of 12 bytes", () -> reader.at("FAR", 13));
    assertThrows(FormatException.class, () -> reader.at("NEGATIVE", -1));
  }

  @Test
  void namedSharesThePosition() throws FormatException {
    var reader = little(INPUT);
    assertEquals(0x80ff, reader.named("INNER").u16());
    assertEquals(2, reader.offset());
  }

  @Test
  void aFileNameGoesInFrontAndStays() {
    var error = new FormatException("TEST", 8, "is odd");
    assertEquals("a.bin: TEST at offset 8 (0x8): is odd", error.in("a.bin").getMessage());
    assertEquals("a.bin", error.in("a.bin").in("b.bin").source().orElseThrow());
  }

  @Test
  void digestsAreReadStrictly() throws FormatException {
    var digest = HashAlgorithm.SHA256.digest(Bytes.empty());
    assertEquals(digest, Digest.parse(digest.toString()));
    for (String text :
        new String[] {
          digest.hex(),
          "sha256:" + digest.hex().toUpperCase(java.util.Locale.ROOT),
          "sha384:" + digest.hex(),
          "sha256:" + digest.hex() + "00",
          "SHA256:" + digest.hex(),
          "md5:" + "00".repeat(16),
        }) {
      assertThrows(FormatException.class, () -> Digest.parse(text), text);
    }
  }
}
