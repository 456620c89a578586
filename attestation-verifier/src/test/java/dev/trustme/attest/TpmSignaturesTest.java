// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtSignature;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures as TPMs make them, made by the library: TPM 2.0 Part 1, B.7. */
class TpmSignaturesTest {
  private static final Bytes MESSAGE = Bytes.utf8("a quote");
  private static final AsymmetricCipherKeyPair KEY = rsa();

  private static AsymmetricCipherKeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      var keys = generator.generateKeyPair();
      var open = (java.security.interfaces.RSAPublicKey) keys.getPublic();
      var secret = (java.security.interfaces.RSAPrivateKey) keys.getPrivate();
      return new AsymmetricCipherKeyPair(
          new RSAKeyParameters(false, open.getModulus(), open.getPublicExponent()),
          new RSAKeyParameters(true, open.getModulus(), secret.getPrivateExponent()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** As many bytes as the digest has, or as many as fit: 256 less the digest and two. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, 32, true",
    "SHA256, 222, true",
    "SHA256, 221, false",
    "SHA256, 31, false",
    "SHA384, 48, true",
    "SHA384, 206, true",
    "SHA512, 64, true",
    "SHA512, 190, true",
    "SHA3_256, 32, true",
    "SHA3_384, 206, true"
  })
  void saltsOfTwoLengthsCount(HashAlgorithm hash, int salt, boolean holds) throws CryptoException {
    var signature = sign(new PSSSigner(new RSAEngine(), digest(hash), salt));
    assertEquals(holds, verify(TpmAlgId.TPM_ALG_RSAPSS, hash, signature));
    assertEquals(false, verify(TpmAlgId.TPM_ALG_RSASSA, hash, signature));
  }

  @ParameterizedTest
  @CsvSource({"SHA256", "SHA384", "SHA512", "SHA3_256"})
  void rsassaHasOneForm(HashAlgorithm hash) throws CryptoException {
    var signature = sign(new RSADigestSigner(digest(hash)));
    assertEquals(true, verify(TpmAlgId.TPM_ALG_RSASSA, hash, signature));
    assertEquals(false, verify(TpmAlgId.TPM_ALG_RSAPSS, hash, signature));
    byte[] changed = signature.toArray();
    changed[255] ^= 1;
    assertEquals(false, verify(TpmAlgId.TPM_ALG_RSASSA, hash, Bytes.copyOf(changed)));
    assertEquals(false, verify(TpmAlgId.TPM_ALG_RSASSA, hash, signature.slice(0, 255)));
  }

  @Test
  void aNumberAboveTheModulusIsNoSignature() {
    var above = Bytes.fromHex("ff".repeat(256));
    for (var scheme : new TpmAlgId[] {TpmAlgId.TPM_ALG_RSASSA, TpmAlgId.TPM_ALG_RSAPSS}) {
      assertEquals(false, verify(scheme, HashAlgorithm.SHA256, above));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2048, 65537, 256, true",
    "2047, 65537, 256, false",
    "2048, 65535, 256, false",
    "2048, 65537, 255, false",
    "2049, 65537, 257, true",
    "2049, 65537, 256, false"
  })
  void keysAreStrongAndSignaturesAsLong(int bits, long exponent, int size, boolean fits) {
    var modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
    // Not checked to be a product: only its size matters here.
    var key = new RSAKeyParameters(false, modulus, BigInteger.valueOf(exponent), true);
    var signature =
        new TpmtSignature.Rsa(TpmAlgId.TPM_ALG_RSASSA, HashAlgorithm.SHA256, Bytes.zeros(size));
    assertEquals(fits, TpmSignatures.fits(key, signature));
    boolean strong = bits >= 2048 && exponent >= 65537;
    assertEquals(strong, TpmSignatures.weakness(key).isEmpty());
  }

  @Test
  void aKeyOfAnotherKindIsWeak() {
    var key = new Ed25519PrivateKeyParameters(new byte[32]).generatePublicKey();
    assertEquals("neither RSA nor EC", TpmSignatures.weakness(key).orElse(""));
    var signature =
        new TpmtSignature.Rsa(TpmAlgId.TPM_ALG_RSASSA, HashAlgorithm.SHA256, Bytes.zeros(256));
    assertEquals(false, TpmSignatures.verify(key, signature, MESSAGE));
  }

  private static boolean verify(TpmAlgId scheme, HashAlgorithm hash, Bytes signature) {
    return TpmSignatures.verify(
        KEY.getPublic(), new TpmtSignature.Rsa(scheme, hash, signature), MESSAGE);
  }

  private static Bytes sign(Signer signer) throws CryptoException {
    boolean salted = signer instanceof PSSSigner;
    signer.init(
        true,
        salted ? new ParametersWithRandom(KEY.getPrivate(), new SecureRandom()) : KEY.getPrivate());
    signer.update(MESSAGE.toArray(), 0, MESSAGE.size());
    return Bytes.copyOf(signer.generateSignature());
  }

  private static Digest digest(HashAlgorithm hash) {
    return switch (hash) {
      case SHA256 -> new SHA256Digest();
      case SHA384 -> new SHA384Digest();
      case SHA512 -> new SHA512Digest();
      default -> new SHA3Digest(hash.size() * 8);
    };
  }
}
