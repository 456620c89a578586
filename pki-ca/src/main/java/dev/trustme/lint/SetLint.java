// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.KEY_REUSED;
import static dev.trustme.lint.LintRule.SERIAL_REUSED;
import static dev.trustme.lint.LintRule.SUBJECT_OF_ISSUER;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;

/** Certificates of one PKI together: each beside its issuer, and what no two may share. */
public final class SetLint {
  private final List<X509CertificateHolder> certificates;

  /** The certificates to ask about, and those that may have issued them; copies count once. */
  public SetLint(Collection<X509CertificateHolder> certificates) {
    this.certificates = certificates.stream().distinct().toList();
  }

  /** The issuer of this certificate, where it is one of the set. */
  public Optional<X509CertificateHolder> issuer(X509CertificateHolder certificate) {
    if (selfSigned(certificate)) {
      return Optional.of(certificate);
    }
    var named =
        certificates.stream()
            .filter(c -> c.getSubject().equals(certificate.getIssuer()) && !c.equals(certificate))
            .toList();
    return named.stream()
        .filter(c -> identifies(certificate, c))
        .findFirst()
        .or(() -> named.stream().findFirst());
  }

  /** The issuer of this list, where it is one of the set: of several of one name, by its key. */
  public Optional<X509CertificateHolder> issuer(X509CRLHolder list) {
    var named = certificates.stream().filter(c -> c.getSubject().equals(list.getIssuer())).toList();
    var authority = list.getExtension(Extension.authorityKeyIdentifier);
    var identifier = Certificate.value(authority, AuthorityKeyIdentifier::getInstance);
    return named.stream()
        .filter(c -> identifies(identifier, c))
        .findFirst()
        .or(() -> named.stream().findFirst());
  }

  private static boolean ownIdentifier(X509CertificateHolder certificate) {
    var authority = AuthorityKeyIdentifier.fromExtensions(certificate.getExtensions());
    return authority == null
        || authority.getKeyIdentifierOctets() == null
        || identifies(certificate, certificate);
  }

  private static boolean identifies(X509CertificateHolder below, X509CertificateHolder above) {
    return identifies(
        Optional.ofNullable(AuthorityKeyIdentifier.fromExtensions(below.getExtensions())), above);
  }

  private static boolean identifies(
      Optional<AuthorityKeyIdentifier> authority, X509CertificateHolder above) {
    var subject = SubjectKeyIdentifier.fromExtensions(above.getExtensions());
    return authority.isPresent()
        && subject != null
        && Arrays.equals(authority.get().getKeyIdentifierOctets(), subject.getKeyIdentifier());
  }

  /** Findings about certificates that share what they may not share, by certificate. */
  public Map<X509CertificateHolder, List<Finding>> shared() {
    Map<X509CertificateHolder, Findings> found = new LinkedHashMap<>();
    Map<Object, X509CertificateHolder> serials = new HashMap<>();
    Map<Object, X509CertificateHolder> keys = new HashMap<>();
    for (var certificate : certificates) {
      var findings = found.computeIfAbsent(certificate, c -> new Findings());
      var twin =
          serials.putIfAbsent(
              List.of(certificate.getIssuer(), certificate.getSerialNumber()), certificate);
      findings.require(
          twin == null || twin.equals(certificate),
          SERIAL_REUSED,
          "has the serial number of another certificate of its issuer");
      var other = keys.putIfAbsent(certificate.getSubjectPublicKeyInfo(), certificate);
      findings.require(
          other == null || samePlace(other, certificate),
          KEY_REUSED,
          "has the key of " + (other == null ? "" : other.getSubject()));
    }
    Map<X509CertificateHolder, List<Finding>> result = new LinkedHashMap<>();
    found.forEach((certificate, findings) -> result.put(certificate, findings.list()));
    return result;
  }

  /** A renewed or cross-signed certificate: the same name with the same purposes. */
  private static boolean samePlace(X509CertificateHolder one, X509CertificateHolder other) {
    return one.getSubject().equals(other.getSubject()) && purposes(one).equals(purposes(other));
  }

  private static List<ASN1ObjectIdentifier> purposes(X509CertificateHolder certificate) {
    List<ASN1ObjectIdentifier> purposes = new ArrayList<>();
    new Certificate(certificate)
        .purposes()
        .ifPresent(eku -> Arrays.stream(eku.getUsages()).forEach(p -> purposes.add(p.toOID())));
    return purposes;
  }

  /** The distinct certificates, in the order given. */
  public List<X509CertificateHolder> certificates() {
    return certificates;
  }

  /** All findings about one certificate of the set, except those of {@link #shared}. */
  public List<Finding> findings(X509CertificateHolder certificate) {
    var findings =
        issuer(certificate)
            .map(issuer -> CertificateLint.findings(certificate, issuer))
            .orElseGet(() -> CertificateLint.findings(certificate));
    return findings.stream().anyMatch(f -> f.rule() == SUBJECT_OF_ISSUER) && link(certificate)
        ? findings.stream().filter(f -> f.rule() != SUBJECT_OF_ISSUER).toList()
        : findings;
  }

  /**
   * RFC 4210, 4.4: the key of one generation of a root, certified by that of another, under the one
   * name that both have. Both roots are in the set.
   */
  private boolean link(X509CertificateHolder certificate) {
    boolean keyOfRoot =
        certificates.stream()
            .anyMatch(c ->
                selfSigned(c)
                    && c.getSubject().equals(certificate.getSubject())
                    && c.getSubjectPublicKeyInfo().equals(certificate.getSubjectPublicKeyInfo()));
    return !selfSigned(certificate)
        && keyOfRoot
        && issuer(certificate).filter(SetLint::selfSigned).isPresent();
  }

  private static boolean selfSigned(X509CertificateHolder certificate) {
    return certificate.getSubject().equals(certificate.getIssuer()) && ownIdentifier(certificate);
  }
}
