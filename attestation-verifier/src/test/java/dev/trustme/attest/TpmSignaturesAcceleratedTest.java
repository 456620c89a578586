// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.PublicKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same signatures in a batch, for which the native provider was loaded. */
class TpmSignaturesAcceleratedTest {
  private static final Bytes MESSAGE = Bytes.utf8("a quote");

  @BeforeAll
  static void load() {
    Acceleration.expect(1000, 0);
    assertTrue(Acceleration.arrived().isPresent());
  }

  private record Made(AsymmetricKeyParameter key, Bytes signature) {}

  private static Made made(String type, int size, String algorithm)
      throws GeneralSecurityException, IOException {
    var generator = KeyPairGenerator.getInstance(type);
    generator.initialize(size);
    KeyPair keys = generator.generateKeyPair();
    var signer = Signature.getInstance(algorithm);
    signer.initSign(keys.getPrivate());
    signer.update(MESSAGE.toArray());
    return new Made(
        PublicKeys.read(SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded())),
        Bytes.copyOf(signer.sign()));
  }

  private static Bytes changed(Bytes signature) {
    byte[] bytes = signature.toArray();
    bytes[bytes.length - 1] ^= 1;
    return Bytes.copyOf(bytes);
  }

  @ParameterizedTest
  @CsvSource({"2048, SHA256", "3072, SHA384", "2048, SHA512"})
  void rsa(int bits, HashAlgorithm hash) throws GeneralSecurityException, IOException {
    var made = made("RSA", bits, hash + "withRSA");
    var scheme = TpmAlgId.TPM_ALG_RSASSA;
    var good = new TpmtSignature.Rsa(scheme, hash, made.signature());
    assertEquals(true, TpmSignatures.verify(made.key(), good, MESSAGE));
    assertEquals(false, TpmSignatures.verify(made.key(), good, Bytes.utf8("another")));
    var other = new TpmtSignature.Rsa(scheme, hash, changed(made.signature()));
    assertEquals(false, TpmSignatures.verify(made.key(), other, MESSAGE));
    var salted = new TpmtSignature.Rsa(TpmAlgId.TPM_ALG_RSAPSS, hash, made.signature());
    assertEquals(false, TpmSignatures.verify(made.key(), salted, MESSAGE));
  }

  @ParameterizedTest
  @CsvSource({"256, SHA256", "384, SHA384", "521, SHA512", "256, SHA512"})
  void ecdsa(int bits, HashAlgorithm hash) throws GeneralSecurityException, IOException {
    var made = made("EC", bits, hash + "withECDSA");
    var numbers = ASN1Sequence.getInstance(made.signature().toArray());
    var r = ASN1Integer.getInstance(numbers.getObjectAt(0)).getPositiveValue();
    var s = ASN1Integer.getInstance(numbers.getObjectAt(1)).getPositiveValue();
    var n = ((ECPublicKeyParameters) made.key()).getParameters().getN();
    assertEquals(true, holds(made.key(), hash, r, s, MESSAGE));
    assertEquals(true, holds(made.key(), hash, r, n.subtract(s), MESSAGE));
    assertEquals(false, holds(made.key(), hash, r, s, Bytes.utf8("another")));
    assertEquals(false, holds(made.key(), hash, r, s.add(BigInteger.ONE), MESSAGE));
    assertEquals(false, holds(made.key(), hash, s, r, MESSAGE));
    for (var none : new BigInteger[] {BigInteger.ZERO, n, n.add(r)}) {
      assertEquals(false, holds(made.key(), hash, none, s, MESSAGE));
      assertEquals(false, holds(made.key(), hash, r, none, MESSAGE));
    }
  }

  private static boolean holds(
      AsymmetricKeyParameter key, HashAlgorithm hash, BigInteger r, BigInteger s, Bytes message) {
    var signature =
        new TpmtSignature.Ecdsa(hash, Bytes.copyOf(r.toByteArray()), Bytes.copyOf(s.toByteArray()));
    return TpmSignatures.verify(key, signature, message);
  }
}
