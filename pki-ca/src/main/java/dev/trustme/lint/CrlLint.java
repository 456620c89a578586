// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.CRL_ENTRIES;
import static dev.trustme.lint.LintRule.CRL_IDENTIFIER;
import static dev.trustme.lint.LintRule.CRL_ISSUER;
import static dev.trustme.lint.LintRule.CRL_NEXT_UPDATE;
import static dev.trustme.lint.LintRule.CRL_NUMBER;
import static dev.trustme.lint.LintRule.CRL_STALE;
import static dev.trustme.lint.LintRule.CRL_VERSION;
import static dev.trustme.lint.LintRule.ISSUER_MISSING;
import static dev.trustme.lint.LintRule.UNKNOWN_CRITICAL;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;

/** All rules about one certificate revocation list, RFC 5280, 5. */
public final class CrlLint {
  private static final int MAX_NUMBER_BYTES = 20;
  private static final Set<ASN1ObjectIdentifier> MAY_BE_CRITICAL =
      Set.of(Extension.issuingDistributionPoint, Extension.deltaCRLIndicator);

  private final X509CRLHolder list;
  private final Findings findings = new Findings();

  private CrlLint(X509CRLHolder list) {
    this.list = list;
  }

  /** What is wrong with the list at this time. */
  public static List<Finding> findings(
      X509CRLHolder list, Optional<X509CertificateHolder> issuer, Instant at) {
    var lint = new CrlLint(list);
    lint.fields(at);
    lint.extensions();
    lint.entries();
    issuer.ifPresentOrElse(
        lint::issuer,
        () ->
            lint.findings.add(
                ISSUER_MISSING, "issuer %s is not there".formatted(list.getIssuer())));
    return lint.findings.list();
  }

  private void fields(Instant at) {
    var structure = list.toASN1Structure();
    findings.require(structure.getVersionNumber() == 2, CRL_VERSION, "is not of version 2");
    FieldRules.requireStrong(structure.getSignatureAlgorithm(), findings);
    var next = list.getNextUpdate();
    findings.require(
        next != null && next.toInstant().isAfter(list.getThisUpdate().toInstant()),
        CRL_NEXT_UPDATE,
        "does not say when the next list comes, or says a time before its own");
    boolean early = at.isBefore(list.getThisUpdate().toInstant());
    findings.require(
        !early && (next == null || at.isBefore(next.toInstant())),
        CRL_STALE,
        "is not current at " + at);
  }

  private void extensions() {
    var number =
        Certificate.value(list.getExtension(Extension.cRLNumber), ASN1Integer::getInstance)
            .map(ASN1Integer::getValue);
    findings.require(
        number
            .filter(n -> n.signum() >= 0 && n.toByteArray().length <= MAX_NUMBER_BYTES)
            .isPresent(),
        CRL_NUMBER,
        "has no number, or one of more than 20 bytes");
    findings.require(
        list.getExtension(Extension.authorityKeyIdentifier) != null,
        CRL_IDENTIFIER,
        "has no authority key identifier");
    for (Object oid : list.getCriticalExtensionOIDs()) {
      findings.require(
          MAY_BE_CRITICAL.contains(oid),
          UNKNOWN_CRITICAL,
          "extension %s is critical".formatted(oid));
    }
  }

  private void entries() {
    Set<BigInteger> seen = new HashSet<>();
    var entries = list.toASN1Structure().getRevokedCertificateEnumeration();
    while (entries.hasMoreElements()) {
      var entry = (org.bouncycastle.asn1.x509.TBSCertList.CRLEntry) entries.nextElement();
      BigInteger serial = entry.getUserCertificate().getValue();
      findings.require(
          seen.add(serial), CRL_ENTRIES, "names %s twice".formatted(serial.toString(16)));
    }
  }

  private void issuer(X509CertificateHolder issuer) {
    var certificate = new Certificate(issuer);
    boolean may =
        certificate.authority()
            && certificate.keyUsage().filter(u -> u.hasUsages(KeyUsage.cRLSign)).isPresent();
    var structure = list.toASN1Structure();
    boolean did =
        IssuerRules.signatureOf(
            issuer.getSubjectPublicKeyInfo(),
            IssuerRules.encoded(structure.getTBSCertList()),
            structure.getSignatureAlgorithm(),
            structure.getSignature().getOctets());
    findings.require(
        may && did, CRL_ISSUER, "its issuer may not sign revocation lists, or did not sign it");
  }
}
