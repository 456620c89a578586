// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which keys and signature algorithms a path may have. */
class KeyFormTest {
  private static final BigInteger E = BigInteger.valueOf(65537);

  @ParameterizedTest
  @CsvSource({
    "2048, true",
    "2040, false",
    "2056, true",
    "2049, false",
    "8184, true",
    "8192, true",
    "8200, false"
  })
  void anRsaModulusHasWholeBytesWithinBounds(int bits, boolean fits) throws IOException {
    assertEquals(fits, fits(rsa(modulus(bits), E)));
    assertEquals(false, fits(rsa(modulus(bits).clearBit(0), E)), "an even one");
  }

  @ParameterizedTest
  @CsvSource({
    "0, false",
    "1, false",
    "2, false",
    "3, true",
    "65536, false",
    "65537, true",
    "18446744073709551615, true",
    "18446744073709551617, false"
  })
  void anRsaExponentIsOddAndShort(BigInteger exponent, boolean fits) throws IOException {
    assertEquals(fits, fits(rsa(modulus(2048), exponent)));
  }

  private static BigInteger modulus(int bits) {
    return BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
  }

  private static SubjectPublicKeyInfo rsa(BigInteger modulus, BigInteger exponent)
      throws IOException {
    return key(
        PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE, new RSAPublicKey(modulus, exponent));
  }

  private static SubjectPublicKeyInfo key(
      ASN1ObjectIdentifier algorithm, @Nullable ASN1Encodable parameters, ASN1Encodable key)
      throws IOException {
    return new SubjectPublicKeyInfo(new AlgorithmIdentifier(algorithm, parameters), key);
  }

  private static boolean fits(SubjectPublicKeyInfo key) {
    return KeyForm.problem(key).isEmpty();
  }

  @Test
  void anRsaKeyIsASequenceOfTwoNumbers() throws IOException {
    assertEquals(false, fits(key(PKCSObjectIdentifiers.rsaEncryption, null, DERNull.INSTANCE)));
    var key = new RSAPublicKey(modulus(2048), E);
    assertEquals(true, fits(key(PKCSObjectIdentifiers.id_RSASSA_PSS, null, key)));
  }

  @Test
  void curvesAreNamed() throws IOException {
    var ec = X9ObjectIdentifiers.id_ecPublicKey;
    for (var curve : List.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp521r1)) {
      assertEquals(true, fits(key(ec, curve, DERNull.INSTANCE)));
    }
    for (ASN1Encodable other : List.of(SECObjectIdentifiers.secp256k1, new DERSequence())) {
      assertEquals(false, fits(key(ec, other, DERNull.INSTANCE)));
    }
    assertEquals(false, fits(key(ec, null, DERNull.INSTANCE)));
  }

  @Test
  void keysThatAreTheirOwnParametersHaveNoOthers() throws IOException {
    var plain = EdECObjectIdentifiers.id_Ed25519;
    assertEquals(true, fits(key(plain, null, DERNull.INSTANCE)));
    assertEquals(false, fits(key(plain, DERNull.INSTANCE, DERNull.INSTANCE)));
    assertEquals(false, fits(key(EdECObjectIdentifiers.id_Ed448, null, DERNull.INSTANCE)));
  }

  static Stream<Arguments> signatures() {
    var sha256 = digest(NISTObjectIdentifiers.id_sha256);
    var sha1 = digest(OIWObjectIdentifiers.idSHA1);
    return Stream.of(
        Arguments.of(true, new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256)),
        Arguments.of(true, new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_87)),
        Arguments.of(false, new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA1)),
        Arguments.of(true, pss(mask(sha256, sha256))),
        Arguments.of(
            true,
            pss(
                mask(
                    digest(NISTObjectIdentifiers.id_sha512),
                    digest(NISTObjectIdentifiers.id_sha512)))),
        Arguments.of(false, pss(mask(sha256, sha1))),
        Arguments.of(false, pss(mask(sha1, sha1))),
        Arguments.of(false, pss(mask(sha256, digest(NISTObjectIdentifiers.id_sha384)))),
        Arguments.of(false, pss(new RSASSAPSSparams())),
        Arguments.of(false, pss(DERNull.INSTANCE)),
        Arguments.of(false, new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS)));
  }

  private static AlgorithmIdentifier digest(ASN1ObjectIdentifier id) {
    return new AlgorithmIdentifier(id, DERNull.INSTANCE);
  }

  private static RSASSAPSSparams mask(AlgorithmIdentifier digest, AlgorithmIdentifier mask) {
    return new RSASSAPSSparams(
        digest,
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, mask),
        RSASSAPSSparams.DEFAULT_SALT_LENGTH,
        RSASSAPSSparams.DEFAULT_TRAILER_FIELD);
  }

  private static AlgorithmIdentifier pss(ASN1Encodable parameters) {
    return new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, parameters);
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void algorithmsOfTheProfile(boolean fits, AlgorithmIdentifier algorithm) {
    assertEquals(fits, KeyForm.problem(algorithm).isEmpty());
  }
}
