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
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * One verification by the library's lightweight signers: nothing is looked up by name, so they
 * start at once.
 */
final class SignatureVerifier {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;

  private SignatureVerifier() {}

  static boolean verify(
      SubjectPublicKeyInfo key, SignatureAlgorithm by, Bytes message, Bytes signature) {
    if (!by.fits(key)) {
      return false;
    }
    try {
      var parameters = PublicKeyFactory.createKey(plain(key));
      if (parameters instanceof RSAKeyParameters rsa && !sized(rsa, signature)) {
        return false;
      }
      var verifier = verifier(by);
      verifier.init(false, parameters);
      verifier.update(message.toArray(), 0, message.size());
      return verifier.verifySignature(signature.toArray());
    } catch (IOException | RuntimeException e) {
      // A key or signature that the library cannot even read did not sign this message.
      return false;
    }
  }

  /** RFC 8017, 8.1.2 and 8.2.2, step 1: a signature is as long as the modulus. */
  private static boolean sized(RSAKeyParameters key, Bytes signature) {
    int bits = key.getModulus().bitLength();
    return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS && signature.size() == (bits + 7) / 8;
  }

  /** The key without what restricts it, which is checked already. */
  private static SubjectPublicKeyInfo plain(SubjectPublicKeyInfo key) {
    return key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
        ? new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            key.getPublicKeyData().getOctets())
        : key;
  }

  private static Signer verifier(SignatureAlgorithm by) {
    return switch (by) {
      case RsaPkcs1 rsa -> new RSADigestSigner(digest(rsa.hash()));
      case RsaPss pss -> new PSSSigner(new RSAEngine(), digest(pss.hash()), pss.saltLength());
      case Ecdsa ecdsa ->
          new DSADigestSigner(
              new ECDSASigner(), digest(ecdsa.hash()), StandardDSAEncoding.INSTANCE);
      case Ed25519 ed25519 -> new Ed25519Signer();
      case MlDsa mlDsa -> new MLDSASigner();
    };
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
