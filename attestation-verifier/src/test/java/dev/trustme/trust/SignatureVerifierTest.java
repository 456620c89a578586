// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import dev.trustme.trust.TestAuthority.Subject;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Signatures that the providers made: each holds, and nothing that differs from it in one thing.
 */
class SignatureVerifierTest {
  private static final Bytes MESSAGE = Bytes.utf8("a message");
  private static final BigInteger E = BigInteger.valueOf(65537);
  private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();

  @ParameterizedTest
  @CsvSource({
    "RSA, SHA256withRSA, RSA, SHA256",
    "RSA, SHA512withRSA, RSA, SHA512",
    "RSA, SHA256withRSAandMGF1, PSS, SHA256",
    "RSA, SHA384withRSAandMGF1, PSS, SHA384",
    "secp256r1, SHA256withECDSA, EC, SHA256",
    "secp384r1, SHA384withECDSA, EC, SHA384",
    "secp521r1, SHA512withECDSA, EC, SHA512",
    "Ed25519, Ed25519, ED, SHA256",
    "ML-DSA-44, ML-DSA-44, ML, SHA256"
  })
  void aSignatureHoldsAndNoOther(String key, String name, String kind, HashAlgorithm hash)
      throws GeneralSecurityException {
    var by = algorithm(kind, hash);
    var keys = keys(key);
    var info = info(keys);
    var good = sign(name, keys);
    assertEquals(true, verify(info, by, MESSAGE, good));
    assertEquals(true, SignatureScheme.verify(info, by.identifier(), MESSAGE, good));
    assertEquals(false, verify(info, by, Bytes.utf8("another"), good));
    assertEquals(false, SignatureScheme.verify(info, by.identifier(), Bytes.empty(), good));
    assertEquals(false, verify(info, by, MESSAGE, changed(good)));
    assertEquals(false, verify(info, by, MESSAGE, good.slice(0, good.size() - 1)));
    assertEquals(false, verify(info, by, MESSAGE, Bytes.concat(Bytes.zeros(1), good)));
    assertEquals(false, verify(info, by, MESSAGE, Bytes.empty()));
    assertEquals(false, verify(info(keys("other " + key)), by, MESSAGE, good));
    holdsOverItsDigest(kind.equals("RSA") || kind.equals("EC"), info, by, hash, good);
  }

  private static void holdsOverItsDigest(
      boolean holds,
      SubjectPublicKeyInfo key,
      SignatureAlgorithm by,
      HashAlgorithm hash,
      Bytes good) {
    var digest = hash.digest(MESSAGE);
    assertEquals(holds, SignatureVerifier.verifyDigest(key, by, digest, good));
    assertEquals(false, SignatureVerifier.verifyDigest(key, by, digest, changed(good)));
    assertEquals(
        false, SignatureVerifier.verifyDigest(key, by, digest, good.slice(0, good.size() - 1)));
    assertEquals(false, SignatureVerifier.verifyDigest(key, by, hash.digest(Bytes.empty()), good));
    var other = hash == HashAlgorithm.SHA256 ? HashAlgorithm.SHA384 : HashAlgorithm.SHA256;
    assertEquals(false, SignatureVerifier.verifyDigest(key, by, other.digest(MESSAGE), good));
  }

  private static boolean verify(
      SubjectPublicKeyInfo key, SignatureAlgorithm by, Bytes message, Bytes signature) {
    return SignatureVerifier.verify(key, by, message, signature);
  }

  private static Bytes changed(Bytes signature) {
    byte[] bytes = signature.toArray();
    bytes[bytes.length - 1] ^= 1;
    return Bytes.copyOf(bytes);
  }

  private static SignatureAlgorithm algorithm(String kind, HashAlgorithm hash) {
    return switch (kind) {
      case "RSA" -> new RsaPkcs1(hash);
      case "PSS" -> RsaPss.of(hash);
      case "EC" -> new Ecdsa(hash);
      case "ED" -> new Ed25519();
      default -> new MlDsa(44);
    };
  }

  /** A key for RSASSA-PSS alone. RFC 4055, 1.2. */
  @Test
  void aRestrictedKeyVerifiesWhatItMaySign() throws GeneralSecurityException, IOException {
    var keys = keys("RSA");
    var restricted =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
            info(keys).parsePublicKey());
    var pss = RsaPss.of(HashAlgorithm.SHA256);
    var signature = sign("SHA256withRSAandMGF1", keys);
    assertEquals(true, verify(restricted, pss, MESSAGE, signature));
    assertEquals(false, verify(restricted, pss, MESSAGE, changed(signature)));
    var pkcs1 = new RsaPkcs1(HashAlgorithm.SHA256);
    assertEquals(false, verify(restricted, pkcs1, MESSAGE, sign("SHA256withRSA", keys)));
  }

  @Test
  void theKeysOwnSchemeIsTaken() {
    var leaf = TestAuthority.root("CN=root");
    var signature = signed(leaf, "SHA256withECDSA");
    assertEquals(true, SignatureScheme.verify(leaf.certificate(), MESSAGE, signature));
    assertEquals(false, SignatureScheme.verify(leaf.certificate(), Bytes.empty(), signature));
    assertEquals(
        false,
        SignatureScheme.verify(leaf.certificate(), MESSAGE, signed(leaf, "SHA384withECDSA")));
  }

  /** What authorities sign, with which algorithm and key. */
  @Test
  void anAuthoritysSignatureIsOfTheProfile() {
    var authority = TestAuthority.root(Subject.authority("CN=root", -1));
    var sha256 = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    var sha1 = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA1);
    var rsa = new RsaPkcs1(HashAlgorithm.SHA256).identifier();
    var good = signed(authority, "SHA256withECDSA");
    assertEquals(true, Signatures.verify(authority.certificate(), sha256, MESSAGE, good));
    assertEquals(
        false, Signatures.verify(authority.certificate(), sha256, MESSAGE, Bytes.zeros(9)));
    assertEquals(false, Signatures.verify(authority.certificate(), rsa, MESSAGE, good));
    var weak = signed(authority, "SHA1withECDSA");
    assertEquals(false, Signatures.verify(authority.certificate(), sha1, MESSAGE, weak));
  }

  private static Bytes signed(TestAuthority authority, String algorithm) {
    var signer = authority.signer(algorithm);
    try {
      signer.getOutputStream().write(MESSAGE.toArray());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return Bytes.copyOf(signer.getSignature());
  }

  /**
   * Bounds of a modulus, with primes that everybody knows: 2 to these powers, less one; and of an
   * exponent, 65537 to a power.
   */
  @ParameterizedTest
  @CsvSource({
    "4423 3217 521 31, 1, true",
    "4423 3217 521 61, 1, false",
    "1279 607 127 31 17, 1, true",
    "1279 607 127 31, 1, false",
    "1279 607 127 31 17, 15, true",
    "1279 607 127 31 17, 16, false"
  })
  void rsaKeysHaveFrom2048To8192Bits(String powers, int power, boolean holds) throws IOException {
    var exponent = E.pow(power);
    var primes =
        Arrays.stream(powers.split(" ", -1))
            .map(each -> BigInteger.ONE.shiftLeft(Integer.parseInt(each)).subtract(BigInteger.ONE))
            .toList();
    var modulus = primes.stream().reduce(BigInteger.ONE, BigInteger::multiply);
    var order =
        primes.stream()
            .map(prime -> prime.subtract(BigInteger.ONE))
            .reduce(BigInteger.ONE, BigInteger::multiply);
    int size = (modulus.bitLength() + 7) / 8;
    var signature = padded(size).modPow(exponent.modInverse(order), modulus);
    var key =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            new RSAPublicKey(modulus, exponent));
    var by = new RsaPkcs1(HashAlgorithm.SHA256);
    assertEquals(holds, verify(key, by, MESSAGE, fixed(signature, size)), modulus.bitLength() + "");
    assertEquals(holds, SignatureScheme.isKey(key));
    var digest = HashAlgorithm.SHA256.digest(MESSAGE);
    assertEquals(holds, SignatureVerifier.verifyDigest(key, by, digest, fixed(signature, size)));
  }

  @Test
  void whatIsNotReadIsNoKey() {
    var key =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            new byte[] {1, 2, 3});
    var by = new RsaPkcs1(HashAlgorithm.SHA256);
    assertEquals(false, SignatureScheme.isKey(key));
    assertEquals(false, verify(key, by, MESSAGE, Bytes.zeros(256)));
    assertEquals(
        false,
        SignatureVerifier.verifyDigest(
            key, by, HashAlgorithm.SHA256.digest(MESSAGE), Bytes.zeros(256)));
  }

  /** EMSA-PKCS1-v1_5, RFC 8017, 9.2. */
  private static BigInteger padded(int size) throws IOException {
    var info =
        new DigestInfo(
                AlgorithmNames.digestIdentifier(HashAlgorithm.SHA256),
                HashAlgorithm.SHA256.digest(MESSAGE).value().toArray())
            .getEncoded("DER");
    byte[] block = new byte[size];
    Arrays.fill(block, 1, size - info.length - 1, (byte) 0xff);
    block[1] = 1;
    System.arraycopy(info, 0, block, size - info.length, info.length);
    return new BigInteger(1, block);
  }

  private static Bytes fixed(BigInteger number, int size) {
    var raw = Bytes.concat(Bytes.zeros(size), Bytes.copyOf(number.toByteArray()));
    return raw.slice(raw.size() - size, raw.size());
  }

  private static SubjectPublicKeyInfo info(KeyPair keys) {
    return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
  }

  private static Bytes sign(String algorithm, KeyPair keys) throws GeneralSecurityException {
    var signature = Signature.getInstance(algorithm, Pkix.PROVIDER);
    signature.initSign(keys.getPrivate());
    signature.update(MESSAGE.toArray());
    return Bytes.copyOf(signature.sign());
  }

  /** Made once: a long RSA key takes its time. */
  private static KeyPair keys(String name) throws GeneralSecurityException {
    var made = KEYS.get(name);
    if (made == null) {
      made = generate(name.replace("other ", ""));
      KEYS.put(name, made);
    }
    return made;
  }

  private static KeyPair generate(String name) throws GeneralSecurityException {
    if (name.equals("RSA")) {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    }
    boolean curve = name.startsWith("secp");
    var generator = KeyPairGenerator.getInstance(curve ? "EC" : name, Pkix.PROVIDER);
    if (curve) {
      generator.initialize(new ECGenParameterSpec(name));
    }
    return generator.generateKeyPair();
  }
}
