// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * Which signature algorithm a key signs our own formats with: one per key type, so that no input
 * chooses it. RSA (2048 bits and more): RSASSA-PKCS1-v1_5 with SHA-256; P-256: ECDSA with SHA-256;
 * P-384: ECDSA with SHA-384; P-521: ECDSA with SHA-512; Ed25519 pure. ECDSA signatures are DER.
 */
public final class SignatureScheme {
  private static final int MIN_RSA_BITS = 2048;

  private SignatureScheme() {}

  /** The algorithm of the key, or empty where this suite does not sign with such keys. */
  public static Optional<AlgorithmIdentifier> of(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return Optional.of(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE));
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return Optional.of(new AlgorithmIdentifier(algorithm));
    }
    return digest(key).map(d -> new AlgorithmIdentifier(ecdsaWith(d)));
  }

  private static ASN1ObjectIdentifier ecdsaWith(HashAlgorithm digest) {
    return switch (digest) {
      case SHA256 -> X9ObjectIdentifiers.ecdsa_with_SHA256;
      case SHA384 -> X9ObjectIdentifiers.ecdsa_with_SHA384;
      case SHA512 -> X9ObjectIdentifiers.ecdsa_with_SHA512;
      case SHA1, SHA3_256, SHA3_384, SHA3_512 -> throw noScheme(digest);
    };
  }

  private static Digest lightweight(HashAlgorithm digest) {
    return switch (digest) {
      case SHA256 -> new SHA256Digest();
      case SHA384 -> new SHA384Digest();
      case SHA512 -> new SHA512Digest();
      case SHA1, SHA3_256, SHA3_384, SHA3_512 -> throw noScheme(digest);
    };
  }

  private static IllegalArgumentException noScheme(HashAlgorithm digest) {
    return new IllegalArgumentException("no key of ours signs with " + digest);
  }

  /** The digest of the key's algorithm; empty for Ed25519, which takes the message itself. */
  public static Optional<HashAlgorithm> digest(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return Optional.of(HashAlgorithm.SHA256);
    }
    if (!algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return Optional.empty();
    }
    var curve = key.getAlgorithm().getParameters();
    if (X9ObjectIdentifiers.prime256v1.equals(curve)) {
      return Optional.of(HashAlgorithm.SHA256);
    }
    if (SECObjectIdentifiers.secp384r1.equals(curve)) {
      return Optional.of(HashAlgorithm.SHA384);
    }
    return SECObjectIdentifiers.secp521r1.equals(curve)
        ? Optional.of(HashAlgorithm.SHA512)
        : Optional.empty();
  }

  /** Whether the certificate's key made the signature over the message, by the key's own scheme. */
  public static boolean verify(X509CertificateHolder certificate, Bytes message, Bytes signature) {
    var key = certificate.getSubjectPublicKeyInfo();
    if (of(key).isEmpty()) {
      return false;
    }
    try {
      var parameters = PublicKeyFactory.createKey(key);
      if (parameters instanceof RSAKeyParameters rsa
          && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
        return false;
      }
      var verifier = verifier(key);
      verifier.init(false, parameters);
      verifier.update(message.toArray(), 0, message.size());
      return verifier.verifySignature(signature.toArray());
    } catch (IOException | RuntimeException e) {
      // A key or signature that the library cannot even read did not sign this message.
      return false;
    }
  }

  /** The library's lightweight signers: nothing is looked up by name, so they start at once. */
  private static Signer verifier(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return new RSADigestSigner(new SHA256Digest());
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return new Ed25519Signer();
    }
    return new DSADigestSigner(
        new ECDSASigner(), lightweight(digest(key).orElseThrow()), StandardDSAEncoding.INSTANCE);
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
