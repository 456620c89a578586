// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The signature algorithms of this suite. Whatever is not here is neither made nor verified; so is
 * SHA-1, and RSASSA-PSS with a mask or trailer that nobody uses.
 */
public sealed interface SignatureAlgorithm {
  /** RSASSA-PKCS1-v1_5, RFC 8017, 8.2. */
  record RsaPkcs1(HashAlgorithm hash) implements SignatureAlgorithm {
    public RsaPkcs1 {
      AlgorithmNames.requireSha2(hash);
    }
  }

  /**
   * RSASSA-PSS, RFC 8017, 8.1: MGF1 with the same digest, trailer field 1.
   *
   * @param saltLength in bytes, not below the digest's size
   */
  record RsaPss(HashAlgorithm hash, int saltLength) implements SignatureAlgorithm {
    private static final int MAX_SALT = 2048;

    public RsaPss {
      AlgorithmNames.requireSha2(hash);
      if (saltLength < hash.size() || saltLength > MAX_SALT) {
        throw new IllegalArgumentException("a salt of %d bytes".formatted(saltLength));
      }
    }

    /** With a salt as long as the digest. */
    public static RsaPss of(HashAlgorithm hash) {
      return new RsaPss(hash, hash.size());
    }
  }

  /** ECDSA on P-256, P-384 or P-521; the signature is a DER SEQUENCE of r and s. */
  record Ecdsa(HashAlgorithm hash) implements SignatureAlgorithm {
    public Ecdsa {
      AlgorithmNames.requireSha2(hash);
    }
  }

  /** Pure Ed25519, RFC 8032. */
  record Ed25519() implements SignatureAlgorithm {}

  /**
   * Pure ML-DSA with an empty context, FIPS 204, 5.2 and 5.3; the parameter set is 44, 65 or 87.
   */
  record MlDsa(int parameterSet) implements SignatureAlgorithm {
    public MlDsa {
      if (!AlgorithmNames.ML_DSA.containsKey(parameterSet)) {
        throw new IllegalArgumentException("ML-DSA-" + parameterSet);
      }
    }
  }

  /** The digest that is signed; empty where the message itself is. */
  default Optional<HashAlgorithm> digest() {
    return switch (this) {
      case RsaPkcs1 rsa -> Optional.of(rsa.hash);
      case RsaPss pss -> Optional.of(pss.hash);
      case Ecdsa ecdsa -> Optional.of(ecdsa.hash);
      case Ed25519 ed25519 -> Optional.empty();
      case MlDsa mlDsa -> Optional.empty();
    };
  }

  /**
   * What certificates and CMS write: RFC 4055 (RSA), RFC 5758 (ECDSA), RFC 8410 (Ed25519), RFC 9881
   * (ML-DSA).
   */
  default AlgorithmIdentifier identifier() {
    return AlgorithmNames.identifier(this);
  }

  /** The algorithm that these bytes name, or empty where it is not one of ours. */
  static Optional<SignatureAlgorithm> of(AlgorithmIdentifier identifier) {
    return AlgorithmNames.algorithm(identifier);
  }

  /**
   * Whether such a key may sign by this algorithm. A key for RSASSA-PSS alone does nothing else,
   * and where its parameters restrict it, RFC 4055 3.3, only what they allow.
   */
  default boolean fits(SubjectPublicKeyInfo key) {
    return AlgorithmNames.fits(this, key.getAlgorithm());
  }
}
