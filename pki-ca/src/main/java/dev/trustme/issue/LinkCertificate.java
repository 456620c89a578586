// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Scope;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/**
 * The bridge between two keys of one root: self-issued (both names are the root's), signed by the
 * other generation, with the extensions of the root whose key it certifies. RFC 4210, 4.4; RFC
 * 5280, 3.2 and 6.1: it does not count towards a path length.
 */
final class LinkCertificate {
  /** What a root says of itself that its link repeats. */
  private static final List<ASN1ObjectIdentifier> REPEATED =
      List.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.nameConstraints,
          Scope.OID);

  private static final SecureRandom RANDOM = new SecureRandom();

  private LinkCertificate() {}

  /**
   * Certifies the subject's key with the issuer's, valid from {@code at} until the first of both
   * ends: who trusts the issuer then trusts what the subject issued.
   */
  static X509CertificateHolder of(
      X509CertificateHolder subject, X509CertificateHolder issuer, SigningKey issuerKey, Instant at)
      throws GeneralSecurityException {
    if (!subject.getSubject().equals(issuer.getSubject())) {
      throw new GeneralSecurityException(
          "%s and %s are not one root".formatted(subject.getSubject(), issuer.getSubject()));
    }
    Instant ends = subject.getNotAfter().toInstant();
    Instant above = issuer.getNotAfter().toInstant();
    Instant end = ends.isBefore(above) ? ends : above;
    if (!end.isAfter(at)) {
      throw new GeneralSecurityException(
          "%s ended on %s: there is nothing left to link".formatted(subject.getSubject(), end));
    }
    var builder =
        new X509v3CertificateBuilder(
            issuer.getSubject(),
            new BigInteger(126, RANDOM).setBit(126),
            Date.from(at),
            Date.from(end),
            subject.getSubject(),
            subject.getSubjectPublicKeyInfo());
    addExtensions(builder, subject, issuer);
    var link = builder.build(issuerKey.contentSigner());
    requireSigned(link, issuer);
    return link;
  }

  private static void addExtensions(
      X509v3CertificateBuilder builder,
      X509CertificateHolder subject,
      X509CertificateHolder issuer) {
    try {
      var identifier = SubjectKeyIdentifier.fromExtensions(issuer.getExtensions());
      builder.addExtension(subject.getExtension(Extension.subjectKeyIdentifier));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(identifier.getKeyIdentifier()));
      for (ASN1ObjectIdentifier id : REPEATED) {
        var extension = subject.getExtension(id);
        if (extension != null) {
          builder.addExtension(extension);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
  }

  private static void requireSigned(X509CertificateHolder link, X509CertificateHolder issuer)
      throws GeneralSecurityException {
    try {
      var signed = Bytes.copyOf(link.toASN1Structure().getTBSCertificate().getEncoded("DER"));
      if (!SignatureScheme.verify(issuer, signed, Bytes.copyOf(link.getSignature()))) {
        throw new GeneralSecurityException("link certificate: its signature does not verify");
      }
    } catch (IOException e) {
      throw new IllegalStateException("a certificate encodes", e);
    }
  }
}
