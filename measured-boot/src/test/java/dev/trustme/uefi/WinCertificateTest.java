// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The certificate table, where unhashed bytes could hide. */
class WinCertificateTest {
  private static final Bytes IMAGE = TestPe.small();
  private static final Bytes DER = Bytes.fromHex("3003020101");
  private static final Bytes ENTRY = TestPe.entry(DER);

  private static PeImage parse(Bytes table) throws FormatException {
    return PeImage.parse(TestPe.withTable(IMAGE, table));
  }

  private static void assertRejected(String problem, Bytes table) {
    var rejected = assertThrows(FormatException.class, () -> parse(table));
    assertTrue(rejected.toString().contains(problem), rejected.toString());
  }

  private static Bytes hex(String hex) {
    return Bytes.fromHex(hex.replace(" ", ""));
  }

  @Test
  void readsPaddingInsideAndOutsideOfDwLength() throws FormatException {
    var outside = hex("0d000000 0002 0200 3003020101 000000");
    var inside = hex("10000000 0002 0200 3003020101 000000");
    assertEquals(ENTRY, outside);
    var certificates = parse(Bytes.concat(outside, inside)).certificates();
    assertEquals(2, certificates.size());
    certificates.forEach(c -> assertEquals(DER, c.signedData()));
    assertEquals(IMAGE.size() + 16L, certificates.getLast().offset());
  }

  @Test
  void rejectsBytesHiddenInPadding() {
    assertRejected("not zero", hex("0d000000 0002 0200 3003020101 000001"));
    assertRejected("not zero", hex("10000000 0002 0200 3003020101 010000"));
    assertRejected(
        "after the signature's DER", hex("18000000 0002 0200 3003020101 00000000 00000000 000000"));
  }

  @Test
  void rejectsLengthsThatDoNotAddUp() {
    assertRejected("dwLength 7", hex("07000000 0002 0200 3003020101 000000"));
    assertRejected("dwLength 8", hex("08000000 0002 0200"));
    assertRejected("need", hex("11000000 0002 0200 3003020101 000000"));
    assertRejected("need", hex("ffffffff 0002 0200 3003020101 000000"));
    assertRejected("need 3 bytes", hex("0d000000 0002 0200 3003020101"));
    assertRejected("need", Bytes.concat(ENTRY, Bytes.zeros(3)));
  }

  @Test
  void rejectsOtherRevisionsAndTypes() {
    assertRejected("found 0x0100 and 0x0002", hex("0d000000 0001 0200 3003020101 000000"));
    assertRejected("found 0x0200 and 0x0ef1", hex("0d000000 0002 f10e 3003020101 000000"));
  }

  @Test
  void rejectsWhatIsNotDer() {
    assertRejected("not a DER SEQUENCE", hex("0d000000 0002 0200 3103020101 000000"));
    assertRejected("not DER", hex("0d000000 0002 0200 3080020101 000000"));
    assertRejected("not the shortest", hex("0d000000 0002 0200 3081020500 000000"));
    assertRejected("need", hex("0d000000 0002 0200 3004020101 000000"));
  }

  @Test
  void rejectsMoreThan64Entries() throws FormatException {
    var most = Bytes.concat(Collections.nCopies(64, ENTRY).toArray(Bytes[]::new));
    assertEquals(64, parse(most).certificates().size());
    assertRejected("more than 64", Bytes.concat(most, ENTRY));
  }

  @Test
  void rejectsATableThatIsNotTheAlignedEndOfTheFile() throws FormatException {
    var signed = TestPe.signed(IMAGE);
    assertEquals(1, PeImage.parse(signed).certificates().size());
    assertThrows(FormatException.class, () -> PeImage.parse(Bytes.concat(signed, Bytes.zeros(8))));
    assertThrows(FormatException.class, () -> PeImage.parse(signed.slice(0, signed.size() - 8)));
    int offset = TestPe.CERTIFICATE_ENTRY;
    long at = IMAGE.size();
    for (long moved : new long[] {0, 8, at - 8, at + 4, at + 8, 0xfffffff8L}) {
      assertThrows(FormatException.class, () -> PeImage.parse(TestPe.with(signed, offset, moved)));
    }
    assertThrows(FormatException.class, () -> PeImage.parse(TestPe.with(signed, offset + 4, 0)));
    assertThrows(
        FormatException.class, () -> PeImage.parse(TestPe.with(signed, offset + 4, 0xffffffffL)));
  }

  @Test
  void rejectsATableInsideASection() {
    var signed = TestPe.signed(IMAGE);
    var inside = TestPe.with(signed, TestPe.CERTIFICATE_ENTRY, IMAGE.size() - 8L);
    var grown = TestPe.with(inside, TestPe.CERTIFICATE_ENTRY + 4, 24);
    assertTrue(
        assertThrows(FormatException.class, () -> PeImage.parse(grown))
            .toString()
            .contains("the content of the file"));
  }
}
