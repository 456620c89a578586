// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.Acceptance;
import dev.trustme.lint.CertificateLint;
import dev.trustme.lint.Finding;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Date;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;

/**
 * Issues X.509 v3 certificates, RFC 5280. What it issued is linted before anybody gets it: a
 * certificate with a finding does not leave this class.
 */
public final class Issuer {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name name;
  private final SigningKey key;
  private final Optional<X509CertificateHolder> certificate;

  private Issuer(X500Name name, SigningKey key, Optional<X509CertificateHolder> certificate) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  /** The authority of this certificate, whose key this is. */
  public static Issuer of(X509CertificateHolder certificate, SigningKey key) {
    if (!certificate.getSubjectPublicKeyInfo().equals(key.publicKey())) {
      throw new IllegalArgumentException("the certificate is not of this key");
    }
    return new Issuer(certificate.getSubject(), key, Optional.of(certificate));
  }

  /** The validity, cut where the authority's own ends. */
  public CertificatePlan.Validity within(CertificatePlan.Validity validity) {
    return certificate.map(c -> validity.until(c.getNotAfter().toInstant())).orElse(validity);
  }

  /** A certificate that its own key signs. */
  public static X509CertificateHolder selfSigned(CertificatePlan plan, SigningKey key)
      throws GeneralSecurityException {
    return selfSigned(plan, key, Acceptance.NONE);
  }

  /** The same, but these rules may be broken; who accepts one logs it. */
  static X509CertificateHolder selfSigned(
      CertificatePlan plan, SigningKey key, Acceptance acceptance) throws GeneralSecurityException {
    return new Issuer(plan.subject(), key, Optional.empty()).issue(plan, acceptance);
  }

  /**
   * Issues the planned certificate, with a random serial number of 128 bits.
   *
   * @throws GeneralSecurityException where the result would break a rule; names every finding
   */
  public X509CertificateHolder issue(CertificatePlan plan) throws GeneralSecurityException {
    return issue(plan, Acceptance.NONE);
  }

  /** The same, but these rules may be broken; who accepts one logs it. */
  public X509CertificateHolder issue(CertificatePlan plan, Acceptance acceptance)
      throws GeneralSecurityException {
    var issued = build(plan).build(key.contentSigner());
    var findings = acceptance.refused(CertificateLint.findings(issued, certificate.orElse(issued)));
    if (!findings.isEmpty()) {
      throw new GeneralSecurityException(
          "certificate of %s is not issued: %s"
              .formatted(
                  plan.subject(),
                  findings.stream().map(Finding::toString).collect(Collectors.joining("; "))));
    }
    return issued;
  }

  private X509v3CertificateBuilder build(CertificatePlan plan) {
    var builder =
        new X509v3CertificateBuilder(
            name,
            serialNumber(),
            new Time(Date.from(plan.validity().from())),
            new Time(Date.from(plan.validity().until())),
            plan.subject(),
            plan.publicKey());
    try {
      builder.addExtension(Extension.subjectKeyIdentifier, false, keyIdentifier(plan.publicKey()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(authorityKeyIdentifier().getKeyIdentifier()));
      switch (plan.kind()) {
        case Kind.Authority authority -> addAuthority(builder, authority);
        case Kind.EndEntity endEntity -> addEndEntity(builder, endEntity);
      }
      for (Extension extension : plan.extensions()) {
        builder.addExtension(extension);
      }
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
    return builder;
  }

  private static void addAuthority(X509v3CertificateBuilder builder, Kind.Authority authority)
      throws IOException {
    builder.addExtension(
        Extension.basicConstraints,
        true,
        authority.pathLength().map(BasicConstraints::new).orElse(new BasicConstraints(true)));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
  }

  private static void addEndEntity(X509v3CertificateBuilder builder, Kind.EndEntity endEntity)
      throws IOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(endEntity.keyUsage()));
    if (!endEntity.purposes().isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(endEntity.purposes().toArray(KeyPurposeId[]::new)));
    }
    if (!endEntity.names().isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(endEntity.names().toArray(GeneralName[]::new)));
    }
  }

  /** The authority's own identifier where it has one, as a verifier compares exactly that. */
  private SubjectKeyIdentifier authorityKeyIdentifier() {
    return certificate
        .map(c -> SubjectKeyIdentifier.fromExtensions(c.getExtensions()))
        .orElseGet(() -> keyIdentifier(key.publicKey()));
  }

  /** RFC 5280, 4.2.1.2, method 1: SHA-1 as a name, which is what sign-file and others expect. */
  private static SubjectKeyIdentifier keyIdentifier(SubjectPublicKeyInfo publicKey) {
    return new BcX509ExtensionUtils().createSubjectKeyIdentifier(publicKey);
  }

  /** 126 random bits under a leading one: positive, never zero, always 16 bytes. */
  private static BigInteger serialNumber() {
    return new BigInteger(126, RANDOM).setBit(126);
  }
}
