// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import org.junit.jupiter.api.Test;

class TpmtSignatureTest {
  @Test
  void readsEachSchemeAndWritesItBack() throws FormatException {
    for (String hex : new String[] {"0018000b0001aa0002bbcc", "0014000b0002aabb", "0016000c0000"}) {
      var signature = TpmtSignature.parse(Bytes.fromHex(hex));
      assertEquals(Bytes.fromHex(hex), signature.encode());
    }
    assertEquals(
        new TpmtSignature.Rsa(TpmAlgId.TPM_ALG_RSAPSS, HashAlgorithm.SHA384, Bytes.empty()),
        TpmtSignature.parse(Bytes.fromHex("0016000c0000")));
  }

  @Test
  void rejectsOtherSchemesSizesAndTrailingBytes() {
    for (String hex :
        new String[] {
          "0005000b0020",
          "001a000b00000000",
          "0010",
          "0014ffff0000",
          "0014000b0201",
          "0014000b",
          "0014000b000000"
        }) {
      assertThrows(FormatException.class, () -> TpmtSignature.parse(Bytes.fromHex(hex)), hex);
    }
  }
}
