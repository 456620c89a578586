// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import org.junit.jupiter.api.Test;

class EfiGuidTest {
  @Test
  void firstThreeFieldsAreLittleEndian() throws FormatException {
    var encoded = Bytes.fromHex("a159c0a5e494a74a87b5ab155c2bf072");
    assertEquals(encoded, EfiGuid.CERT_X509.encode());
    assertEquals(EfiGuid.CERT_X509, EfiGuid.parse(encoded));
  }

  @Test
  void textIsReadInEitherCaseAndPrintedInLowerCase() throws FormatException {
    assertEquals(
        "d719b2cb-3d3a-4596-a3bc-dad00e67656f",
        EfiGuid.parse("D719B2CB-3D3A-4596-A3BC-DAD00E67656F").toString());
  }

  @Test
  void rejectsTextWithoutAllItsDigits() {
    assertThrows(FormatException.class, () -> EfiGuid.parse("1-2-3-4-5"));
    assertThrows(
        FormatException.class, () -> EfiGuid.parse("{d719b2cb-3d3a-4596-a3bc-dad00e67656f}"));
  }

  @Test
  void rejectsFifteenAndSeventeenBytes() {
    assertThrows(FormatException.class, () -> EfiGuid.parse(Bytes.zeros(15)));
    assertThrows(FormatException.class, () -> EfiGuid.parse(Bytes.zeros(17)));
  }
}
