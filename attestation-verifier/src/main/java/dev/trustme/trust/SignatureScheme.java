// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * Which signature algorithm a key signs our own formats with: one per key type, so that no input
 * chooses it. RSA (2048 bits and more): RSASSA-PKCS1-v1_5 with SHA-256; a key for RSASSA-PSS alone:
 * that with SHA-256 and a salt of 32 bytes; P-256: ECDSA with SHA-256; P-384: ECDSA with SHA-384;
 * P-521: ECDSA with SHA-512; Ed25519 and ML-DSA pure. ECDSA signatures are DER.
 */
public final class SignatureScheme {
  private SignatureScheme() {}

  /** The algorithm of the key, or empty where this suite does not sign with such keys. */
  public static Optional<AlgorithmIdentifier> of(SubjectPublicKeyInfo key) {
    return algorithm(key).map(SignatureAlgorithm::identifier);
  }

  /** The same, as a value. */
  public static Optional<SignatureAlgorithm> algorithm(SubjectPublicKeyInfo key) {
    return Optional.ofNullable(byOid(key.getAlgorithm())).filter(scheme -> scheme.fits(key));
  }

  private static @Nullable SignatureAlgorithm byOid(AlgorithmIdentifier key) {
    var oid = key.getAlgorithm();
    if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return new RsaPkcs1(HashAlgorithm.SHA256);
    }
    if (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return RsaPss.of(HashAlgorithm.SHA256);
    }
    if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return ecdsa(key.getParameters());
    }
    return SignatureAlgorithm.of(new AlgorithmIdentifier(oid)).orElse(null);
  }

  private static @Nullable SignatureAlgorithm ecdsa(ASN1Encodable curve) {
    if (X9ObjectIdentifiers.prime256v1.equals(curve)) {
      return new Ecdsa(HashAlgorithm.SHA256);
    }
    if (SECObjectIdentifiers.secp384r1.equals(curve)) {
      return new Ecdsa(HashAlgorithm.SHA384);
    }
    return SECObjectIdentifiers.secp521r1.equals(curve) ? new Ecdsa(HashAlgorithm.SHA512) : null;
  }

  /**
   * The digest of the key's algorithm where kernels and firmware know that one: RSASSA-PKCS1-v1_5
   * and ECDSA. Empty for RSASSA-PSS, Ed25519 and ML-DSA.
   */
  public static Optional<HashAlgorithm> digest(SubjectPublicKeyInfo key) {
    return algorithm(key)
        .flatMap(scheme ->
            switch (scheme) {
              case RsaPkcs1 rsa -> Optional.of(rsa.hash());
              case Ecdsa ecdsa -> Optional.of(ecdsa.hash());
              case RsaPss pss -> Optional.empty();
              case Ed25519 ed25519 -> Optional.empty();
              case MlDsa mlDsa -> Optional.empty();
            });
  }

  /** Whether this is a key that verifies anything at all, as far as its own form tells. */
  public static boolean isKey(SubjectPublicKeyInfo key) {
    return SignatureVerifier.isKey(key);
  }

  /** Whether the certificate's key made the signature over the message, by the key's own scheme. */
  public static boolean verify(X509CertificateHolder certificate, Bytes message, Bytes signature) {
    var key = certificate.getSubjectPublicKeyInfo();
    return algorithm(key)
        .filter(scheme -> SignatureVerifier.verify(key, scheme, message, signature))
        .isPresent();
  }

  /**
   * Whether the key made the signature by this algorithm, which a format fixes or an X.509
   * structure names. What is not a {@link SignatureAlgorithm}, or does not fit the key, is false.
   */
  public static boolean verify(
      SubjectPublicKeyInfo key, AlgorithmIdentifier by, Bytes message, Bytes signature) {
    return SignatureAlgorithm.of(by)
        .filter(algorithm -> SignatureVerifier.verify(key, algorithm, message, signature))
        .isPresent();
  }

  /**
   * Whether the key made the signature by this algorithm over a message with this digest, of which
   * nothing else is known. What signs no digest of its own hash is false.
   */
  public static boolean verifyDigest(
      SubjectPublicKeyInfo key, SignatureAlgorithm by, Digest digest, Bytes signature) {
    return SignatureVerifier.verifyDigest(key, by, digest, signature);
  }

  /** The key's encoding: what tells two signers apart. */
  public static Bytes keyOf(X509CertificateHolder certificate) {
    try {
      return Bytes.copyOf(certificate.getSubjectPublicKeyInfo().getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }
}
