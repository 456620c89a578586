// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcECContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcEdDSAContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcRSAContentVerifierProviderBuilder;

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
    return name(key).map(n -> new DefaultSignatureAlgorithmIdentifierFinder().find(n));
  }

  private static Optional<String> name(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return Optional.of("SHA256WITHRSA");
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return Optional.of("Ed25519");
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      var curve = key.getAlgorithm().getParameters();
      if (X9ObjectIdentifiers.prime256v1.equals(curve)) {
        return Optional.of("SHA256WITHECDSA");
      }
      if (SECObjectIdentifiers.secp384r1.equals(curve)) {
        return Optional.of("SHA384WITHECDSA");
      }
      if (SECObjectIdentifiers.secp521r1.equals(curve)) {
        return Optional.of("SHA512WITHECDSA");
      }
    }
    return Optional.empty();
  }

  /** The digest of the key's algorithm; empty for Ed25519, which takes the message itself. */
  public static Optional<HashAlgorithm> digest(SubjectPublicKeyInfo key) {
    return name(key)
        .filter(n -> n.contains("WITH"))
        .map(n -> HashAlgorithm.valueOf(n.substring(0, n.indexOf("WITH"))));
  }

  /** Whether the certificate's key made the signature over the message, by the key's own scheme. */
  public static boolean verify(X509CertificateHolder certificate, Bytes message, Bytes signature) {
    var key = certificate.getSubjectPublicKeyInfo();
    var algorithm = of(key);
    if (algorithm.isEmpty()) {
      return false;
    }
    try {
      var parameters = PublicKeyFactory.createKey(key);
      if (parameters instanceof RSAKeyParameters rsa
          && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
        return false;
      }
      ContentVerifierProvider provider = builder(key).build(parameters);
      var verifier = provider.get(algorithm.get());
      try (var out = verifier.getOutputStream()) {
        out.write(message.toArray());
      }
      return verifier.verify(signature.toArray());
    } catch (IOException | OperatorCreationException | RuntimeException e) {
      // A key or signature that the library cannot even read did not sign this message.
      return false;
    }
  }

  private static BcContentVerifierProviderBuilder builder(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    var digests = new DefaultDigestAlgorithmIdentifierFinder();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return new BcRSAContentVerifierProviderBuilder(digests);
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return new BcEdDSAContentVerifierProviderBuilder();
    }
    return new BcECContentVerifierProviderBuilder(digests);
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
