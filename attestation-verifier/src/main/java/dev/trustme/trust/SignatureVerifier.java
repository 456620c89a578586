// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.NullDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/**
 * One verification by the library's lightweight signers: nothing is looked up by name, so they
 * start at once.
 */
final class SignatureVerifier {
  private static final int MIN_RSA_BITS = 2048;

  private SignatureVerifier() {}

  static boolean isKey(SubjectPublicKeyInfo key) {
    try {
      return sized(PublicKeys.read(key));
    } catch (IOException e) {
      return false; // The library cannot read it, so nothing is verified by it.
    }
  }

  static boolean verify(
      SubjectPublicKeyInfo key, SignatureAlgorithm by, Bytes message, Bytes signature) {
    if (!by.fits(key)) {
      return false;
    }
    try {
      var parameters = PublicKeys.read(key);
      return sized(parameters, signature)
          && (accelerated(key, by, message, signature)
              || verify(parameters, by, message, signature));
    } catch (IOException | RuntimeException e) {
      // A key or signature that the library cannot even read did not sign this message.
      return false;
    }
  }

  /** Over a digest alone; PKCS#1 v1.5 and ECDSA sign no more of a message than that. */
  static boolean verifyDigest(
      SubjectPublicKeyInfo key,
      SignatureAlgorithm by,
      dev.trustme.bytes.Digest digest,
      Bytes signature) {
    if (!by.fits(key) || !by.digest().equals(Optional.of(digest.algorithm()))) {
      return false;
    }
    try {
      var parameters = PublicKeys.read(key);
      if (!sized(parameters, signature)) {
        return false;
      }
      return switch (by) {
        case RsaPkcs1 rsa -> pkcs1((RSAKeyParameters) parameters, digest, signature);
        case Ecdsa ecdsa -> ecdsa(parameters, digest, signature);
        case RsaPss pss -> false;
        case Ed25519 ed25519 -> false;
        case MlDsa mlDsa -> false;
      };
    } catch (IOException | RuntimeException e) {
      // As above.
      return false;
    }
  }

  private static boolean ecdsa(
      AsymmetricKeyParameter key, dev.trustme.bytes.Digest digest, Bytes signature) {
    var verifier =
        new DSADigestSigner(new ECDSASigner(), new NullDigest(), StandardDSAEncoding.INSTANCE);
    return verify(verifier, key, digest.value(), signature);
  }

  private static boolean accelerated(
      SubjectPublicKeyInfo key, SignatureAlgorithm by, Bytes message, Bytes signature) {
    return Acceleration.provider()
        .filter(p -> new AcceleratedVerifier(p).accepts(key, by, message, signature))
        .isPresent();
  }

  private static boolean verify(
      AsymmetricKeyParameter parameters, SignatureAlgorithm by, Bytes message, Bytes signature)
      throws IOException {
    return switch (by) {
      case RsaPkcs1 rsa ->
          pkcs1((RSAKeyParameters) parameters, rsa.hash().digest(message), signature);
      case RsaPss pss ->
          verify(
              new PSSSigner(new RSAEngine(), digest(pss.hash()), pss.saltLength()),
              parameters,
              message,
              signature);
      case Ecdsa ecdsa -> ecdsa(parameters, ecdsa.hash().digest(message), signature);
      case Ed25519 ed25519 -> verify(new Ed25519Signer(), parameters, message, signature);
      case MlDsa mlDsa -> verify(new MLDSASigner(), parameters, message, signature);
    };
  }

  private static boolean sized(AsymmetricKeyParameter key) {
    return !(key instanceof RSAKeyParameters rsa) || rsa.getModulus().bitLength() >= MIN_RSA_BITS;
  }

  /** RFC 8017, 8.1.2 and 8.2.2, step 1: a signature is as long as the modulus. */
  private static boolean sized(AsymmetricKeyParameter key, Bytes signature) {
    return sized(key)
        && (!(key instanceof RSAKeyParameters rsa)
            || signature.size() == (rsa.getModulus().bitLength() + 7) / 8);
  }

  private static boolean verify(
      Signer verifier, AsymmetricKeyParameter key, Bytes message, Bytes signature) {
    verifier.init(false, key);
    verifier.update(message.toArray(), 0, message.size());
    return verifier.verifySignature(signature.toArray());
  }

  /**
   * RFC 8017, 8.2.2: compares with the one encoding that EMSA-PKCS1-v1_5 has. The library would
   * also take a DigestInfo without its NULL.
   */
  private static boolean pkcs1(
      RSAKeyParameters key, dev.trustme.bytes.Digest digest, Bytes signature) throws IOException {
    var engine = new RSAEngine();
    engine.init(false, key);
    byte[] opened = engine.processBlock(signature.toArray(), 0, signature.size());
    byte[] info =
        new DigestInfo(
                AlgorithmNames.digestIdentifier(digest.algorithm()), digest.value().toArray())
            .getEncoded("DER");
    byte[] expected = new byte[signature.size()];
    Arrays.fill(expected, (byte) 0xff);
    expected[0] = 0;
    expected[1] = 1;
    expected[expected.length - info.length - 1] = 0;
    System.arraycopy(info, 0, expected, expected.length - info.length, info.length);
    return new BigInteger(1, expected).equals(new BigInteger(1, opened));
  }

  private static Digest digest(HashAlgorithm hash) {
    return switch (hash) {
      case SHA256 -> new SHA256Digest();
      case SHA384 -> new SHA384Digest();
      case SHA512 -> new SHA512Digest();
      case SHA1, SHA3_256, SHA3_384, SHA3_512 ->
          throw new IllegalArgumentException("no key of ours signs with " + hash);
    };
  }
}
