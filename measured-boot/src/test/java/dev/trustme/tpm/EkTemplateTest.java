// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EkTemplateTest {
  @ParameterizedTest
  @EnumSource
  void aKeyIsKnownByItsTemplateWhateverItsUnique(EkTemplate template) {
    var made = template.template();
    assertEquals(Optional.of(template), EkTemplate.of(made));
    assertEquals(Optional.of(template), EkTemplate.of(with(made, numbered(made.key()))));
  }

  @ParameterizedTest
  @EnumSource
  void aBitAnotherPolicyOrHashMakesItUnknown(EkTemplate template) {
    var made = template.template();
    for (int bit = 0; bit < 32; bit++) {
      var attributes = new TpmaObject(made.objectAttributes().bits() ^ 1L << bit);
      var other = new TpmtPublic(made.nameAlg(), attributes, made.authPolicy(), made.key());
      assertEquals(Optional.empty(), EkTemplate.of(other), "bit " + bit);
    }
    assertEquals(
        Optional.empty(),
        EkTemplate.of(
            new TpmtPublic(made.nameAlg(), made.objectAttributes(), Bytes.empty(), made.key())));
    assertEquals(
        Optional.empty(),
        EkTemplate.of(
            new TpmtPublic(
                HashAlgorithm.SHA3_256, made.objectAttributes(), made.authPolicy(), made.key())));
  }

  private static TpmtPublic with(TpmtPublic made, TpmtPublic.Key key) {
    return new TpmtPublic(made.nameAlg(), made.objectAttributes(), made.authPolicy(), key);
  }

  private static TpmtPublic.Key numbered(TpmtPublic.Key key) {
    Bytes number = Bytes.fromHex("c0ffee");
    return switch (key) {
      case TpmtPublic.Rsa rsa ->
          new TpmtPublic.Rsa(rsa.symmetric(), rsa.scheme(), rsa.keyBits(), rsa.exponent(), number);
      case TpmtPublic.Ecc ecc ->
          new TpmtPublic.Ecc(
              ecc.symmetric(), ecc.scheme(), ecc.curveId(), ecc.kdf(), number, number);
    };
  }
}
