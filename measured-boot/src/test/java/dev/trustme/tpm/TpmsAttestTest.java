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
  /** A quote over sha256:0-14 that a swtpm made. */
  static final Bytes QUOTE =
      Bytes.fromHex(
          "ff54434780180022000b3e8468aeeee112c7fcbf74f2e435ea8bd715ea013f089aaeb1008cb727d510710008"
              + "deadbeef001122330000000000007bc800000003000000000120191023001636360000000001000b03"
              + "ff7f000020adcec36809603ba9fbd74a015d59810c42033e8b19bfb1f2b20e8b31bb9df5a7");

  @Test
  void readsQuoteOfSoftwareTpm() throws FormatException {
    var attest = TpmsAttest.parse(QUOTE);
    assertEquals(TpmsAttest.TPM_GENERATED_VALUE, attest.magic());
    assertEquals("deadbeef00112233", attest.extraData().hex());
    assertEquals(new TpmsClockInfo(0x7bc8, 3, 0, true), attest.clockInfo());
    var quote = assertInstanceOf(TpmsAttest.TpmsQuoteInfo.class, attest.attested());
    assertEquals("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14", quote.pcrSelect().toString());
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
    int at = QUOTE.hex().indexOf("000b03ff7f00") + 4;
    for (String size : new String[] {"00", "02", "04", "ff"}) {
      var changed =
          Bytes.fromHex(QUOTE.hex().substring(0, at) + size + QUOTE.hex().substring(at + 2));
      var thrown = assertThrows(FormatException.class, () -> TpmsAttest.parse(changed));
      assertTrue(thrown.getMessage().contains("sizeofSelect"), thrown.getMessage());
    }
  }

  @Test
  void rejectsSafeThatIsNeitherYesNorNo() {
    var changed = Bytes.fromHex(QUOTE.hex().replace("000000000120191023", "000000000220191023"));
    var thrown = assertThrows(FormatException.class, () -> TpmsAttest.parse(changed));
    assertTrue(thrown.getMessage().contains("safe"), thrown.getMessage());
  }
}
