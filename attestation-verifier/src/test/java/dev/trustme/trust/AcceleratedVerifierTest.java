// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Judged by signatures of the JDK. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class AcceleratedVerifierTest {
  private static final Bytes MESSAGE = Bytes.utf8("a message");

  private static AcceleratedVerifier verifier;

  @BeforeAll
  static void load() {
    Acceleration.expect(1000, 0);
    verifier = new AcceleratedVerifier(Acceleration.arrived().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "RSA,2048,SHA256",
    "RSA,3072,SHA384",
    "RSA,2048,SHA512",
    "EC,secp256r1,SHA256",
    "EC,secp384r1,SHA384",
    "EC,secp521r1,SHA512",
    "EC,secp256r1,SHA384"
  })
  void acceptsTheSignatureAndNoOther(String kind, String size, HashAlgorithm hash)
      throws Exception {
    var pair = pair(kind, size);
    var other = key(pair(kind, size));
    var by = kind.equals("RSA") ? new RsaPkcs1(hash) : new Ecdsa(hash);
    var signature = sign(hash + (kind.equals("RSA") ? "withRSA" : "withECDSA"), pair);
    var key = key(pair);
    var wrong = signature.toArray();
    wrong[wrong.length - 1] ^= 1;
    var empty = Bytes.empty();
    assertTrue(verifier.accepts(key, by, MESSAGE, signature));
    assertTrue(SignatureVerifier.verify(key, by, MESSAGE, signature));
    assertFalse(verifier.accepts(key, by, MESSAGE, Bytes.copyOf(wrong)));
    assertFalse(SignatureVerifier.verify(key, by, MESSAGE, Bytes.copyOf(wrong)));
    assertFalse(SignatureVerifier.verify(key, by, empty, signature));
    assertFalse(SignatureVerifier.verify(other, by, MESSAGE, signature));
    assertFalse(verifier.accepts(key, by, MESSAGE, empty));
    assertFalse(verifier.accepts(other, by, MESSAGE, signature));
  }

  /** RFC 8017, 9.2: EMSA-PKCS1-v1_5 has one encoding, with the NULL. */
  @Test
  void acceptsNoDigestInfoWithoutItsNull() throws Exception {
    var pair = pair("RSA", "2048");
    byte[] digest = HashAlgorithm.SHA256.digest(MESSAGE).value().toArray();
    byte[] info = Bytes.fromHex("302f300b0609608648016503040201" + "0420").toArray();
    byte[] both = Arrays.copyOf(info, info.length + digest.length);
    System.arraycopy(digest, 0, both, info.length, digest.length);
    var cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPrivate());
    var signature = Bytes.copyOf(cipher.doFinal(both));
    var by = new RsaPkcs1(HashAlgorithm.SHA256);
    assertFalse(verifier.accepts(key(pair), by, MESSAGE, signature));
    assertFalse(SignatureVerifier.verify(key(pair), by, MESSAGE, signature));
  }

  /**
   * DER of r and s has one encoding: a longer length would make a second signature of the first.
   */
  @Test
  void acceptsNoOtherEncodingOfEcdsa() throws Exception {
    var pair = pair("EC", "secp256r1");
    byte[] good = sign("SHA256withECDSA", pair).toArray();
    byte[] longer = new byte[good.length + 1];
    longer[0] = good[0];
    longer[1] = (byte) 0x81;
    System.arraycopy(good, 1, longer, 2, good.length - 1);
    var by = new Ecdsa(HashAlgorithm.SHA256);
    assertTrue(verifier.accepts(key(pair), by, MESSAGE, Bytes.copyOf(good)));
    assertFalse(verifier.accepts(key(pair), by, MESSAGE, Bytes.copyOf(longer)));
    assertFalse(verifier.accepts(key(pair), by, MESSAGE, Bytes.copyOf(Arrays.copyOf(good, 74))));
  }

  @Test
  void leavesOtherAlgorithmsToTheLibrary() throws Exception {
    var pair = pair("RSA", "2048");
    var pss = RsaPss.of(HashAlgorithm.SHA256);
    assertFalse(verifier.accepts(key(pair), pss, MESSAGE, Bytes.zeros(256)));
  }

  @Test
  void isNotRegistered() {
    assertEquals(null, Security.getProvider(verifier.provider().getName()));
  }

  private static KeyPair pair(String kind, String size) throws Exception {
    var generator = KeyPairGenerator.getInstance(kind);
    if (kind.equals("EC")) {
      generator.initialize(new ECGenParameterSpec(size));
    } else {
      generator.initialize(Integer.parseInt(size));
    }
    return generator.generateKeyPair();
  }

  private static SubjectPublicKeyInfo key(KeyPair pair) {
    return SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
  }

  private static Bytes sign(String algorithm, KeyPair pair) throws Exception {
    var signature = Signature.getInstance(algorithm);
    signature.initSign(pair.getPrivate());
    signature.update(MESSAGE.toArray());
    return Bytes.copyOf(signature.sign());
  }
}
