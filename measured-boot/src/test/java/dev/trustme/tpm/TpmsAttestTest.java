// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import org.junit.jupiter.api.Test;

class TpmsAttestTest {
  /** A quote over sha256:0-9,11-14 that a swtpm made. */
  static final Bytes QUOTE =
      Bytes.fromHex(
          "ff54434780180022000b2c1fc1c8cd88281cb7724dbf0e3b35aae11b94cd72f63ebcf0a3c8426bf5"
              + "bf69000400112233000000000000504d000000020000000001201910230016363600000001000b03"
              + "ff7b0000200b4263742ba7f63797180ab3363f0d2bf27e8678d4801715f46a804f35450cee");

  @Test
  void readsQuoteOfSoftwareTpm() throws FormatException {
    var attest = TpmsAttest.parse(QUOTE);
    assertEquals(TpmsAttest.TPM_GENERATED_VALUE, attest.magic());
    assertEquals("00112233", attest.extraData().hex());
    assertEquals(new TpmsClockInfo(0x504d, 2, 0, true), attest.clockInfo());
    var quote = assertInstanceOf(TpmsAttest.TpmsQuoteInfo.class, attest.attested());
    assertEquals("sha256:0,1,2,3,4,5,6,7,8,9,11,12,13,14", quote.pcrSelect().toString());
    assertEquals(QUOTE, attest.encode());
  }

  @Test
  void keepsForeignMagicAndTypeForTheVerifier() throws FormatException {
    var magic = TpmsAttest.parse(Bytes.fromHex("ff544348" + QUOTE.hex().substring(8)));
    assertEquals(0xff544348L, magic.magic());
    var certify = TpmsAttest.parse(Bytes.fromHex("ff5443478017" + QUOTE.hex().substring(12)));
    assertInstanceOf(TpmsAttest.Unparsed.class, certify.attested());
  }

  @Test
  void rejectsEveryTruncationAndTrailingBytes() {
    for (int size = 0; size < QUOTE.size(); size++) {
      var cut = QUOTE.slice(0, size);
      assertThrows(FormatException.class, () -> TpmsAttest.parse(cut));
    }
    var longer = Bytes.concat(QUOTE, Bytes.zeros(1));
    var thrown = assertThrows(FormatException.class, () -> TpmsAttest.parse(longer));
    assertEquals(QUOTE.size(), thrown.offset());
  }

  @Test
  void rejectsSelectionOfAnotherSize() {
    int at = QUOTE.hex().indexOf("000b03ff7b00") + 4;
    for (String size : new String[] {"00", "02", "04", "ff"}) {
      var changed =
          Bytes.fromHex(QUOTE.hex().substring(0, at) + size + QUOTE.hex().substring(at + 2));
      var thrown = assertThrows(FormatException.class, () -> TpmsAttest.parse(changed));
      assertTrue(thrown.problem().contains("sizeofSelect"), thrown.problem());
    }
  }

  @Test
  void rejectsSafeThatIsNeitherYesNorNo() {
    var changed = Bytes.fromHex(QUOTE.hex().replace("000000000120191023", "000000000220191023"));
    var thrown = assertThrows(FormatException.class, () -> TpmsAttest.parse(changed));
    assertTrue(thrown.problem().contains("safe"), thrown.problem());
  }
}
