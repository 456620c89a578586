// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/** The rules that every certificate of the suite keeps; mostly RFC 5280, cited where they stand. */
final class CertificateLint {
  private static final int MAX_SERIAL_BYTES = 20;
  private static final Set<ASN1ObjectIdentifier> MAY_BE_CRITICAL =
      Set.of(Extension.basicConstraints, Extension.keyUsage, Extension.nameConstraints);

  /** What an end entity's key may be used for; it signs in any case. */
  private static final int END_ENTITY_USAGES =
      KeyUsage.digitalSignature
          | KeyUsage.nonRepudiation
          | KeyUsage.keyEncipherment
          | KeyUsage.keyAgreement;

  private final X509CertificateHolder certificate;
  private final X509CertificateHolder issuer;
  private final List<String> findings = new ArrayList<>();

  private CertificateLint(X509CertificateHolder certificate, X509CertificateHolder issuer) {
    this.certificate = certificate;
    this.issuer = issuer;
  }

  /** What is wrong, in words; the issuer of a self-signed certificate is itself. */
  static List<String> findings(X509CertificateHolder certificate, X509CertificateHolder issuer) {
    var lint = new CertificateLint(certificate, issuer);
    lint.serial();
    lint.names();
    lint.validity();
    lint.key();
    lint.signature();
    lint.identifiers();
    lint.constraints();
    lint.usages();
    return List.copyOf(lint.findings);
  }

  private void require(boolean condition, String finding) {
    if (!condition) {
      findings.add(finding);
    }
  }

  /** RFC 5280, 4.1.2.1 and 4.1.2.2. */
  private void serial() {
    require(certificate.getVersionNumber() == 3, "is not version 3");
    var serial = certificate.getSerialNumber();
    require(
        serial.signum() > 0 && serial.toByteArray().length <= MAX_SERIAL_BYTES,
        "serial number is not positive or longer than 20 bytes");
  }

  /** RFC 5280, 4.1.2.4: names chain byte by byte. */
  private void names() {
    require(
        Arrays.equals(encoded(certificate.getIssuer()), encoded(issuer.getSubject())),
        "issuer name differs from the issuer's subject");
    require(certificate.getSubject().getRDNs().length > 0, "subject is empty");
    require(
        selfSigned() || !certificate.getSubject().equals(certificate.getIssuer()),
        "subject and issuer have the same name");
  }

  private void validity() {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    Instant issuerFrom = issuer.getNotBefore().toInstant();
    Instant issuerUntil = issuer.getNotAfter().toInstant();
    require(from.isBefore(until), "ends before it begins");
    require(
        !from.isBefore(issuerFrom) && !until.isAfter(issuerUntil),
        "is valid outside its issuer's validity (%s to %s)".formatted(issuerFrom, issuerUntil));
  }

  private void key() {
    require(
        SignatureScheme.of(certificate.getSubjectPublicKeyInfo()).isPresent(),
        "key is of a kind that this suite does not use");
    require(
        selfSigned()
            || !certificate.getSubjectPublicKeyInfo().equals(issuer.getSubjectPublicKeyInfo()),
        "key is the issuer's own");
  }

  private void signature() {
    require(
        SignatureScheme.of(issuer.getSubjectPublicKeyInfo())
            .filter(certificate.getSignatureAlgorithm()::equals)
            .isPresent(),
        "signature algorithm is not the issuer's");
    Bytes signed = Bytes.copyOf(encoded(certificate.toASN1Structure().getTBSCertificate()));
    require(
        SignatureScheme.verify(issuer, signed, Bytes.copyOf(certificate.getSignature())),
        "signature does not verify");
  }

  /** RFC 5280, 4.2.1.1 and 4.2.1.2. */
  private void identifiers() {
    var own = SubjectKeyIdentifier.fromExtensions(certificate.getExtensions());
    var authority = AuthorityKeyIdentifier.fromExtensions(certificate.getExtensions());
    var issuers = SubjectKeyIdentifier.fromExtensions(issuer.getExtensions());
    require(own != null, "has no subject key identifier");
    require(
        authority != null
            && issuers != null
            && Arrays.equals(authority.getKeyIdentifierOctets(), issuers.getKeyIdentifier()),
        "authority key identifier is not the issuer's");
  }

  /** RFC 5280, 4.2.1.9. */
  private void constraints() {
    var own = BasicConstraints.fromExtensions(certificate.getExtensions());
    if (own == null) {
      findings.add("has no basic constraints");
      return;
    }
    require(critical(Extension.basicConstraints), "basic constraints are not critical");
    if (selfSigned()) {
      return;
    }
    var above = Optional.ofNullable(BasicConstraints.fromExtensions(issuer.getExtensions()));
    require(above.filter(BasicConstraints::isCA).isPresent(), "issuer is no authority");
    var length = above.map(BasicConstraints::getPathLenConstraintInteger);
    require(
        !own.isCA() || length.isEmpty() || length.get().getValue().signum() > 0,
        "issuer's path length allows no further authority");
    require(
        KeyUsage.fromExtensions(issuer.getExtensions()) != null
            && KeyUsage.fromExtensions(issuer.getExtensions()).hasUsages(KeyUsage.keyCertSign),
        "issuer may not sign certificates");
  }

  /** RFC 5280, 4.2.1.3 and 4.2.1.12. */
  private void usages() {
    var usage = KeyUsage.fromExtensions(certificate.getExtensions());
    var constraints = BasicConstraints.fromExtensions(certificate.getExtensions());
    boolean authority = constraints != null && constraints.isCA();
    require(
        usage != null && fits(usage, authority) && critical(Extension.keyUsage),
        "key usage is not what its kind needs, or not critical");
    var extended = ExtendedKeyUsage.fromExtensions(certificate.getExtensions());
    require(
        extended == null
            || (extended.size() > 0 && !extended.hasKeyPurposeId(KeyPurposeId.anyExtendedKeyUsage)),
        "extended key usage is empty, or any");
    require(
        MAY_BE_CRITICAL.containsAll(certificate.getCriticalExtensionOIDs()),
        "has a critical extension that firmware does not know");
  }

  private static boolean fits(KeyUsage usage, boolean authority) {
    if (authority) {
      return usage.equals(new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }
    int bits = ASN1BitString.getInstance(usage.toASN1Primitive()).intValue();
    return usage.hasUsages(KeyUsage.digitalSignature) && (bits & ~END_ENTITY_USAGES) == 0;
  }

  private boolean critical(ASN1ObjectIdentifier extension) {
    return certificate.getCriticalExtensionOIDs().contains(extension);
  }

  private boolean selfSigned() {
    return certificate.equals(issuer);
  }

  private static byte[] encoded(org.bouncycastle.asn1.ASN1Object object) {
    try {
      return object.getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("a parsed structure encodes", e);
    }
  }
}
