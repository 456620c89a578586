// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictDerTest {
  /** Each length in the only form that DER has for it, X.690, 10.1. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535, 65536})
  void readsEachLengthInItsShortestForm(int size) throws IOException, FormatException {
    var value = new DEROctetString(new byte[size]);
    assertEquals(value, StrictDer.parse(Bytes.copyOf(value.getEncoded("DER")), "test"));
  }

  @ParameterizedTest
  @CsvSource({
    "0500, ''",
    "3000, ''",
    "30020500, ''",
    "04817f, a length that is not the shortest",
    "04820080, a length that is not the shortest",
    "048400000080, a length that is not the shortest",
    "048101ff, a length that is not the shortest",
    "0480, a length that is not DER",
    "30800000, a length that is not DER",
    "04850000000001, a length that is not DER",
    "1f0100, a tag number above 30",
    "3f0100, a tag number above 30",
    "30031f0100, a tag number above 30",
    "0500 00, 1 bytes after the end of the structure",
    "020200ff, ''",
    "0202007f, is not ASN.1",
    "0101ff, ''",
    "0203, 'need 3 bytes, 0 remain'",
    "04840000ffff, 'a length that is not the shortest'",
    "0484ffffffff, 'need 4294967295 bytes, 0 remain'"
  })
  void otherFormsAreMalformed(String hex, String problem) {
    var der = Bytes.fromHex(hex.replace(" ", ""));
    String found = "";
    try {
      StrictDer.parse(der, "test");
    } catch (FormatException e) {
      found = e.problem();
    }
    assertEquals(problem, found);
  }

  @Test
  void depthIsBounded() throws IOException, FormatException {
    StrictDer.parse(nested(32), "test");
    var problem = assertThrows(FormatException.class, () -> StrictDer.parse(nested(33), "test"));
    assertEquals("nested deeper than 32", problem.problem());
  }

  private static Bytes nested(int depth) throws IOException {
    ASN1Encodable value = DERNull.INSTANCE;
    for (int i = 0; i < depth; i++) {
      value = new DERSequence(value);
    }
    return Bytes.copyOf(value.toASN1Primitive().getEncoded("DER"));
  }

  @Test
  void sizeIsBounded() throws FormatException {
    StrictDer.parse(Bytes.fromHex("0500"), "test", 2);
    var problem =
        assertThrows(
            FormatException.class, () -> StrictDer.parse(Bytes.fromHex("0500"), "test", 1));
    assertEquals("larger than 1 bytes", problem.problem());
  }
}
