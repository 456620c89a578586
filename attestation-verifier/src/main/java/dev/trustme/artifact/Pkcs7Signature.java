// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.StrictDer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#7 signature with one signer: RFC 2315, 9; RFC 5652, 5.
 *
 * <pre>
 * ContentInfo { signedData, [0] SignedData { version 1, digestAlgorithms, contentInfo,
 *   [0] certificates OPTIONAL, signerInfos { version 1, issuerAndSerialNumber, digestAlgorithm,
 *   [0] authenticatedAttributes OPTIONAL, digestEncryptionAlgorithm, encryptedDigest } } }
 * </pre>
 *
 * Where the signer is named by its certificate's subject key identifier instead, both versions are
 * 3; only what the kernel verifies may be so.
 */
record Pkcs7Signature(
    ContentInfo content, List<X509CertificateHolder> certificates, SignerInfo signer) {
  private static final String STRUCTURE = "PKCS#7 SignedData";
  private static final int MAX_CERTIFICATES = 32;
  private static final Map<ASN1ObjectIdentifier, HashAlgorithm> DIGESTS =
      Map.of(
          NISTObjectIdentifiers.id_sha256, HashAlgorithm.SHA256,
          NISTObjectIdentifiers.id_sha384, HashAlgorithm.SHA384,
          NISTObjectIdentifiers.id_sha512, HashAlgorithm.SHA512);

  Pkcs7Signature {
    certificates = List.copyOf(certificates);
  }

  /** The signer is named by issuer and serial number. */
  static Pkcs7Signature parse(Bytes der) throws FormatException {
    return requireIssuerAndSerial(read(der, false));
  }

  /** As {@link #parse}; the signer may also be named by a subject key identifier. */
  static Pkcs7Signature parseAnyName(Bytes der) throws FormatException {
    return read(der, false);
  }

  /** As {@link #parse}, with or without unauthenticated attributes, which nothing signed covers. */
  static Pkcs7Signature parseCountersigned(Bytes der) throws FormatException {
    return requireIssuerAndSerial(read(der, true));
  }

  private static Pkcs7Signature read(Bytes der, boolean countersigned) throws FormatException {
    var primitive = StrictDer.parse(der, STRUCTURE);
    try {
      var info = ContentInfo.getInstance(primitive);
      if (!CMSObjectIdentifiers.signedData.equals(info.getContentType())) {
        throw malformed("content type %s is not signedData".formatted(info.getContentType()));
      }
      return of(SignedData.getInstance(info.getContent()), countersigned);
    } catch (RuntimeException e) {
      throw malformed("is not a SignedData");
    }
  }

  private static Pkcs7Signature requireIssuerAndSerial(Pkcs7Signature signature)
      throws FormatException {
    if (signature.named() instanceof ASN1OctetString) {
      throw malformed(
          "versions 3 and 3, expected 1 and 1 (signer named by issuer and serial number)");
    }
    return signature;
  }

  /** As {@link #parse}, with or without the ContentInfo: updates of UEFI variables. */
  static Pkcs7Signature parseSignedData(Bytes der) throws FormatException {
    var primitive = StrictDer.parse(der, STRUCTURE);
    try {
      var sequence = ASN1Sequence.getInstance(primitive);
      if (sequence.size() == 2) {
        return parse(der);
      }
      return requireIssuerAndSerial(of(SignedData.getInstance(sequence), false));
    } catch (RuntimeException e) {
      throw malformed("is not a SignedData");
    }
  }

  private static Pkcs7Signature of(SignedData data, boolean countersigned) throws FormatException {
    if (data.getSignerInfos().size() != 1) {
      throw malformed("expected one signer, found %d".formatted(data.getSignerInfos().size()));
    }
    var signer = SignerInfo.getInstance(data.getSignerInfos().getObjectAt(0));
    requireVersions(data.getVersion(), signer);
    if (data.getDigestAlgorithms().size() != 1
        || !oid(data.getDigestAlgorithms().getObjectAt(0))
            .equals(signer.getDigestAlgorithm().getAlgorithm())) {
      throw malformed("digestAlgorithms differ from the signer's digestAlgorithm");
    }
    boolean unauthenticated = signer.getUnauthenticatedAttributes() != null && !countersigned;
    if (data.getCRLs() != null || unauthenticated) {
      throw malformed("carries revocation lists or unauthenticated attributes");
    }
    var signature =
        new Pkcs7Signature(
            data.getEncapContentInfo(), certificates(data.getCertificates()), signer);
    requireReadable(signature);
    return signature;
  }

  /** The kernel takes version 1 in both, or 3 in both; RFC 5652, 5.3: 3 with a key identifier. */
  private static void requireVersions(ASN1Integer version, SignerInfo signer)
      throws FormatException {
    boolean byKey = signer.getSID().isTagged();
    int expected = byKey ? 3 : 1;
    if (!version.hasValue(expected) || !signer.getVersion().hasValue(expected)) {
      throw malformed(
          "versions %s and %s, expected %d and %d (signer named by %s)"
              .formatted(
                  version,
                  signer.getVersion(),
                  expected,
                  expected,
                  byKey ? "key identifier" : "issuer and serial number"));
    }
  }

  /** The parts that are read lazily: what is not of their form fails here, inside parse. */
  private static void requireReadable(Pkcs7Signature signature) {
    boolean named =
        switch (signature.named()) {
          case ASN1OctetString keyId -> keyId.getOctetsLength() > 0;
          case IssuerAndSerialNumber id -> !id.getName().toString().isEmpty();
          default -> false;
        };
    if (!named || signature.signer.getEncryptedDigest().getOctetsLength() == 0) {
      throw new IllegalArgumentException("an unnamed signer or an empty signature");
    }
  }

  private static ASN1ObjectIdentifier oid(ASN1Encodable algorithm) {
    return AlgorithmIdentifier.getInstance(algorithm).getAlgorithm();
  }

  private static List<X509CertificateHolder> certificates(@Nullable ASN1Set set)
      throws FormatException {
    if (set == null) {
      return List.of();
    }
    if (set.size() > MAX_CERTIFICATES) {
      throw malformed("more than %d certificates".formatted(MAX_CERTIFICATES));
    }
    List<X509CertificateHolder> certificates = new ArrayList<>();
    for (var certificate : set) {
      certificates.add(Certificates.parseDer(encoded(certificate)));
    }
    return certificates;
  }

  private static FormatException malformed(String problem) {
    return new FormatException(STRUCTURE, 0, problem);
  }

  /** The bytes as they were received: definite lengths, sets in their order. */
  static Bytes encoded(ASN1Encodable value) {
    try {
      return Bytes.copyOf(value.toASN1Primitive().getEncoded(ASN1Encoding.DL));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed value encodes", e);
    }
  }

  ASN1ObjectIdentifier contentType() {
    return content.getContentType();
  }

  Optional<HashAlgorithm> digestAlgorithm() {
    return Optional.ofNullable(DIGESTS.get(signer.getDigestAlgorithm().getAlgorithm()));
  }

  boolean hasAttributes() {
    return signer.getAuthenticatedAttributes() != null;
  }

  /** The one value of an authenticated attribute; empty where there is none. */
  Optional<ASN1Encodable> attribute(ASN1ObjectIdentifier type) throws FormatException {
    return one(signer.getAuthenticatedAttributes(), type);
  }

  /** The one value of an unauthenticated attribute; empty where there is none. */
  Optional<ASN1Encodable> unauthenticated(ASN1ObjectIdentifier type) throws FormatException {
    return one(signer.getUnauthenticatedAttributes(), type);
  }

  private static Optional<ASN1Encodable> one(
      @Nullable ASN1Set attributes, ASN1ObjectIdentifier type) throws FormatException {
    Optional<ASN1Encodable> found = Optional.empty();
    try {
      for (int i = 0; attributes != null && i < attributes.size(); i++) {
        var attribute = Attribute.getInstance(attributes.getObjectAt(i));
        if (!attribute.getAttrType().equals(type)) {
          continue;
        }
        if (found.isPresent() || attribute.getAttrValues().size() != 1) {
          throw malformed("attribute %s has more than one value".formatted(type));
        }
        found = Optional.of(attribute.getAttrValues().getObjectAt(0));
      }
      return found;
    } catch (IllegalArgumentException e) {
      throw malformed("an attribute is not a type with values");
    }
  }

  /** What is signed when there are attributes: their SET OF, which must be in DER order. */
  Bytes signedAttributes() throws FormatException {
    var attributes = signer.getAuthenticatedAttributes();
    var received = encoded(attributes);
    try {
      if (!Bytes.copyOf(attributes.getEncoded(ASN1Encoding.DER)).equals(received)) {
        throw malformed("authenticatedAttributes are not in DER order");
      }
    } catch (IOException e) {
      throw new IllegalStateException("a parsed value encodes", e);
    }
    return received;
  }

  /** Whether this certificate is the one that the signer names; compared as bytes. */
  boolean namesSigner(X509CertificateHolder certificate) {
    return switch (named()) {
      case ASN1OctetString keyId ->
          Certificates.keyIdentifier(certificate)
              .filter(Bytes.copyOf(keyId.getOctets())::equals)
              .isPresent();
      case IssuerAndSerialNumber id ->
          id.getSerialNumber().getValue().equals(certificate.getSerialNumber())
              && encoded(id.getName()).equals(encoded(certificate.getIssuer()));
      default -> false;
    };
  }

  /** How the signer's certificate is named, for people. */
  String signerName() {
    return switch (named()) {
      case ASN1OctetString keyId -> "key identifier " + Bytes.copyOf(keyId.getOctets());
      case IssuerAndSerialNumber id ->
          "serial %x issued by %s".formatted(id.getSerialNumber().getValue(), id.getName());
      default -> "nothing";
    };
  }

  /** An IssuerAndSerialNumber, or the octets of a subject key identifier. */
  private ASN1Encodable named() {
    var id = signer.getSID();
    return id.isTagged()
        ? ASN1OctetString.getInstance(id.getId())
        : IssuerAndSerialNumber.getInstance(id.getId());
  }

  /** Whether the certificate's key signed the message, by the algorithms that the signer names. */
  boolean verifies(X509CertificateHolder certificate, Bytes message) {
    var key = certificate.getSubjectPublicKeyInfo();
    var digest = digestAlgorithm();
    return digest.isPresent()
        && digest.equals(SignatureScheme.digest(key))
        && signer.getDigestEncryptionAlgorithm().getAlgorithm().equals(algorithm(key))
        && SignatureScheme.verify(
            certificate, message, Bytes.copyOf(signer.getEncryptedDigest().getOctets()));
  }

  /** Whether an RSA key signed the message by PKCS#1 v1.5 with the digest that the signer names. */
  boolean verifiesRsa(X509CertificateHolder certificate, Bytes message) {
    return digestAlgorithm()
        .map(RsaPkcs1::new)
        .filter(rsa -> namesAlgorithm(rsa.identifier()))
        .filter(rsa ->
            SignatureScheme.verify(
                certificate.getSubjectPublicKeyInfo(),
                rsa.identifier(),
                message,
                Bytes.copyOf(signer.getEncryptedDigest().getOctets())))
        .isPresent();
  }

  /** rsaEncryption as PKCS#7 has it, or the algorithm with the digest as CMS has it. */
  private boolean namesAlgorithm(AlgorithmIdentifier withDigest) {
    var named = signer.getDigestEncryptionAlgorithm().getAlgorithm();
    return named.equals(PKCSObjectIdentifiers.rsaEncryption)
        || named.equals(withDigest.getAlgorithm());
  }

  /** Whether the kernel verifies such a key's signatures, and they are named as it wants. */
  boolean namesAlgorithmOf(SubjectPublicKeyInfo key) {
    var named = signer.getDigestEncryptionAlgorithm();
    boolean known =
        SignatureScheme.algorithm(key)
            .filter(scheme ->
                !(scheme instanceof SignatureAlgorithm.RsaPss)
                    && !(scheme instanceof SignatureAlgorithm.Ed25519))
            .isPresent();
    return known && named.getAlgorithm().equals(algorithm(key));
  }

  /**
   * RSA keys take any digest of SHA-2, EC keys that of their curve; for ML-DSA, which signs the
   * message itself, RFC 9882, 3.3 has SHA-512 stand there.
   */
  boolean digestFits(SubjectPublicKeyInfo key) {
    var scheme = SignatureScheme.algorithm(key);
    return switch (scheme.orElse(null)) {
      case SignatureAlgorithm.RsaPkcs1 rsa -> digestAlgorithm().isPresent();
      case SignatureAlgorithm.MlDsa mlDsa ->
          digestAlgorithm().equals(Optional.of(HashAlgorithm.SHA512));
      case null -> false;
      case SignatureAlgorithm other -> digestAlgorithm().equals(other.digest());
    };
  }

  /** RFC 3370, 3.2: NULL after rsaEncryption, which some leave out; nothing after the others. */
  boolean parametersFit(SubjectPublicKeyInfo key) {
    var parameters = signer.getDigestEncryptionAlgorithm().getParameters();
    boolean rsa = key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    return parameters == null || (rsa && parameters.equals(DERNull.INSTANCE));
  }

  String digestName() {
    return digestAlgorithm()
        .map(HashAlgorithm::label)
        .orElse(signer.getDigestAlgorithm().getAlgorithm().getId());
  }

  String algorithmName() {
    return signer.getDigestEncryptionAlgorithm().getAlgorithm().getId();
  }

  /** Whether the key made the signature; {@link #namesAlgorithmOf} and {@link #digestFits} hold. */
  boolean verifiesForKernel(X509CertificateHolder certificate, Bytes message) {
    var key = certificate.getSubjectPublicKeyInfo();
    var value = Bytes.copyOf(signer.getEncryptedDigest().getOctets());
    boolean rsa = key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    return rsa
        ? SignatureScheme.verify(
            key,
            new SignatureAlgorithm.RsaPkcs1(digestAlgorithm().orElseThrow()).identifier(),
            message,
            value)
        : SignatureScheme.verify(certificate, message, value);
  }

  /** How PKCS#7 and the kernel name the algorithm: rsaEncryption, or ECDSA with its digest. */
  private static @Nullable ASN1ObjectIdentifier algorithm(SubjectPublicKeyInfo key) {
    var type = key.getAlgorithm().getAlgorithm();
    return type.equals(PKCSObjectIdentifiers.rsaEncryption)
        ? type
        : SignatureScheme.of(key).map(AlgorithmIdentifier::getAlgorithm).orElse(null);
  }
}
