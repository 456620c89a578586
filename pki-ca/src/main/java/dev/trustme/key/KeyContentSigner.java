// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import java.io.OutputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.DSA;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.operator.ContentSigner;

/** One signature in the making, by Bouncy Castle's lightweight signers. */
final class KeyContentSigner implements ContentSigner {
  private final AlgorithmIdentifier algorithm;
  private final Signer signer;

  KeyContentSigner(AsymmetricKeyParameter key, AlgorithmIdentifier algorithm) {
    this.algorithm = algorithm;
    this.signer = signer(key, algorithm.getAlgorithm());
    signer.init(true, key);
  }

  private static Signer signer(AsymmetricKeyParameter key, ASN1ObjectIdentifier algorithm) {
    return switch (key) {
      case RSAPrivateCrtKeyParameters rsa -> new RSADigestSigner(rsaDigest(algorithm));
      case ECPrivateKeyParameters ec -> ecdsa(algorithm);
      case Ed25519PrivateKeyParameters ed when algorithm.equals(EdECObjectIdentifiers.id_Ed25519) ->
          new Ed25519Signer();
      default -> throw doesNotFit(algorithm);
    };
  }

  private static Digest rsaDigest(ASN1ObjectIdentifier algorithm) {
    if (algorithm.equals(PKCSObjectIdentifiers.sha256WithRSAEncryption)) {
      return new SHA256Digest();
    }
    if (algorithm.equals(PKCSObjectIdentifiers.sha384WithRSAEncryption)) {
      return new SHA384Digest();
    }
    if (algorithm.equals(PKCSObjectIdentifiers.sha512WithRSAEncryption)) {
      return new SHA512Digest();
    }
    throw doesNotFit(algorithm);
  }

  private static Signer ecdsa(ASN1ObjectIdentifier algorithm) {
    if (algorithm.equals(X9ObjectIdentifiers.ecdsa_with_SHA256)) {
      return new DSADigestSigner(deterministic(new SHA256Digest()), new SHA256Digest());
    }
    if (algorithm.equals(X9ObjectIdentifiers.ecdsa_with_SHA384)) {
      return new DSADigestSigner(deterministic(new SHA384Digest()), new SHA384Digest());
    }
    if (algorithm.equals(X9ObjectIdentifiers.ecdsa_with_SHA512)) {
      return new DSADigestSigner(deterministic(new SHA512Digest()), new SHA512Digest());
    }
    throw doesNotFit(algorithm);
  }

  /** RFC 6979: the nonce comes from key and message. */
  private static DSA deterministic(Digest digest) {
    return new ECDSASigner(new HMacDSAKCalculator(digest));
  }

  private static IllegalArgumentException doesNotFit(ASN1ObjectIdentifier algorithm) {
    return new IllegalArgumentException(algorithm + " does not fit the key");
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    return algorithm;
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        signer.update((byte) b);
      }

      @Override
      public void write(byte[] part, int from, int count) {
        signer.update(part, from, count);
      }
    };
  }

  @Override
  public byte[] getSignature() {
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
  }
}
