// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.PublicKeys;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.NullDigest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** Digests and signatures as devices exchange them. */
final class OwnSignature {
  private static final byte TRAILER = (byte) 0xbc;

  private OwnSignature() {}

  /** Whether the public key verifies the signature over the digest (or message). */
  static boolean holds(
      SubjectPublicKeyInfo publicKey, SignatureAlgorithm by, Bytes input, Bytes signature)
      throws IOException {
    try {
      return switch (by) {
        case RsaPkcs1 rsa ->
            verifies(
                new RSADigestSigner(new NullDigest(), digestAlgorithm(rsa).getAlgorithm()),
                publicKey,
                input,
                signature);
        case RsaPss pss -> verifies(pss(new RSAEngine(), pss), publicKey, input, signature);
        case Ecdsa ecdsa -> ecdsa(publicKey, input, signature);
        case Ed25519 ed25519 -> verifies(new Ed25519Signer(), publicKey, input, signature);
        case MlDsa mlDsa -> verifies(new MLDSASigner(), publicKey, input, signature);
      };
    } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
      return false; // Numbers that are no signature at all.
    }
  }

  /** The same for what came from afar: an RSA signature is also as long as its modulus. */
  static boolean isSignature(
      SubjectPublicKeyInfo publicKey, SignatureAlgorithm by, Bytes input, Bytes signature) {
    try {
      return switch (by) {
            case RsaPkcs1 rsa -> sized(publicKey, signature);
            case RsaPss pss -> sized(publicKey, signature);
            case Ecdsa ecdsa -> true;
            case Ed25519 ed25519 -> true;
            case MlDsa mlDsa -> true;
          }
          && holds(publicKey, by, input, signature);
    } catch (IOException e) {
      return false; // Nothing that DSA's encoding can hold, or no key at all.
    }
  }

  private static boolean sized(SubjectPublicKeyInfo publicKey, Bytes signature) throws IOException {
    return signature.size() == (rsa(publicKey).getModulus().bitLength() + 7) / 8;
  }

  private static boolean verifies(
      Signer verifier, SubjectPublicKeyInfo publicKey, Bytes input, Bytes signature)
      throws IOException {
    verifier.init(false, PublicKeys.read(publicKey));
    verifier.update(input.toArray(), 0, input.size());
    return verifier.verifySignature(signature.toArray());
  }

  private static boolean ecdsa(SubjectPublicKeyInfo publicKey, Bytes digest, Bytes signature)
      throws IOException {
    var key = (ECPublicKeyParameters) PublicKeys.read(publicKey);
    var verifier = new ECDSASigner();
    verifier.init(false, key);
    BigInteger[] pair =
        StandardDSAEncoding.INSTANCE.decode(key.getParameters().getN(), signature.toArray());
    return verifier.verifySignature(digest.toArray(), pair[0], pair[1]);
  }

  /** DER of r and s, each given in half of the bytes. */
  static Bytes derOfPair(SubjectPublicKeyInfo publicKey, Bytes pair) throws IOException {
    int half = pair.size() / 2;
    return der(publicKey, pair.slice(0, half), pair.slice(half, pair.size()));
  }

  /** DER of r and s. */
  static Bytes der(SubjectPublicKeyInfo publicKey, Bytes r, Bytes s) throws IOException {
    var key = (ECPublicKeyParameters) PublicKeys.read(publicKey);
    try {
      return Bytes.copyOf(
          StandardDSAEncoding.INSTANCE.encode(
              key.getParameters().getN(),
              new BigInteger(1, r.toArray()),
              new BigInteger(1, s.toArray())));
    } catch (IllegalArgumentException e) {
      throw new IOException("the device returned numbers that are no ECDSA signature", e);
    }
  }

  /** DigestInfo, RFC 8017, 9.2 step 2. */
  static Bytes digestInfo(RsaPkcs1 by, Bytes digest) throws IOException {
    return Bytes.copyOf(new DigestInfo(digestAlgorithm(by), digest.toArray()).getEncoded("DER"));
  }

  private static AlgorithmIdentifier digestAlgorithm(RsaPkcs1 by) {
    return new AlgorithmIdentifier(KeyContentSigner.oid(by.hash()), DERNull.INSTANCE);
  }

  /** EMSA-PSS (RFC 8017, 9.1) over a digest, by a cipher that does the RSA operation. */
  static PSSSigner pss(AsymmetricBlockCipher cipher, RsaPss by) {
    return PSSSigner.createRawSigner(
        cipher,
        KeyContentSigner.digest(by.hash()),
        KeyContentSigner.digest(by.hash()),
        by.saltLength(),
        TRAILER);
  }

  /** The modulus and exponent, whatever the key is restricted to. */
  static RSAKeyParameters rsa(SubjectPublicKeyInfo publicKey) throws IOException {
    return (RSAKeyParameters) PublicKeys.read(publicKey);
  }
}
