// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * One certificate of a path against RFC 5280, sections 4.1 and 4.2: what path validation itself
 * does not ask. The anchor is held to the same rules, except for the algorithm of its signature,
 * which nobody relies on.
 */
final class CertificateForm {
  /** Names, subtrees or policies in one certificate. */
  static final int MAX_NAMES = 512;

  private static final int MAX_POLICIES = 32;
  private static final int MAX_SERIAL_BYTES = 20;

  /** What this suite understands, and may therefore be critical. */
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.subjectAlternativeName,
          Extension.nameConstraints,
          Extension.certificatePolicies,
          Extension.policyConstraints,
          Extension.inhibitAnyPolicy);

  private static final Set<ASN1ObjectIdentifier> MUST_BE_CRITICAL =
      Set.of(Extension.nameConstraints, Extension.policyConstraints, Extension.inhibitAnyPolicy);

  private static final Set<ASN1ObjectIdentifier> ONLY_IN_AUTHORITIES =
      Set.of(
          Extension.nameConstraints,
          Extension.policyConstraints,
          Extension.inhibitAnyPolicy,
          Scope.OID);

  /** By which rules a certificate may have been found to be right. */
  private record Asked(CertificateRules rules, boolean anchor) {}

  private final X509CertificateHolder certificate;
  private final @Nullable Extensions extensions;
  private final boolean strict;
  private final boolean anchor;
  private final List<Check> findings = new ArrayList<>();

  private CertificateForm(
      X509CertificateHolder certificate, CertificateRules rules, boolean anchor) {
    this.certificate = certificate;
    this.extensions = certificate.getExtensions();
    this.strict = rules != CertificateRules.TPM_VENDOR;
    this.anchor = anchor;
  }

  /** What is wrong with the certificates of the path; leaf first, anchor last. */
  static List<Check> findings(CandidatePath path, CertificateRules rules) {
    return findings(path, rules, new PathMemory());
  }

  /** The same, where authorities may have been found to be right before. */
  static List<Check> findings(CandidatePath path, CertificateRules rules, PathMemory memory) {
    List<Check> all = new ArrayList<>();
    for (var certificate : path.certificates()) {
      boolean anchor = certificate.equals(path.anchor());
      var form = new CertificateForm(certificate, rules, anchor);
      if (!memory.holds(certificate, new Asked(rules, anchor), () -> form.findings().isEmpty())) {
        all.addAll(form.findings);
      }
    }
    return all;
  }

  private List<Check> findings() {
    try {
      base();
      names();
      keyIdentifiers();
      constraints();
      usages();
      alternativeNames();
      nameConstraints();
      policies();
      criticality();
      locations();
    } catch (RuntimeException e) {
      // The library reads an extension no sooner than it is asked for.
      require(false, "certificate-extensions", "extensions that can be read", "a broken one");
    }
    return findings;
  }

  private void require(boolean holds, String id, String expected, String seen) {
    if (!holds) {
      findings.add(Check.fail(id, expected, seen).at(certificate.getSubject().toString()));
    }
  }

  private void refuse(Optional<String> problem, String id, String expected) {
    problem.ifPresent(seen -> require(false, id, expected, seen));
  }

  /** RFC 5280, 4.1.1.2, 4.1.2.1 to 4.1.2.3 and 4.1.2.7. */
  private void base() {
    var structure = certificate.toASN1Structure().getTBSCertificate();
    require(
        certificate.getVersionNumber() == 3 || !strict,
        "certificate-version",
        "version 3",
        "version " + certificate.getVersionNumber());
    require(
        structure.getIssuerUniqueId() == null && structure.getSubjectUniqueId() == null,
        "certificate-version",
        "no unique identifiers",
        "one");
    var serial = certificate.getSerialNumber();
    require(
        serial.signum() > 0 && serial.toByteArray().length <= MAX_SERIAL_BYTES,
        "certificate-serial",
        "a positive number of at most %d bytes".formatted(MAX_SERIAL_BYTES),
        serial.toString(16));
    require(
        structure.getSignature().equals(certificate.getSignatureAlgorithm()),
        "certificate-algorithm",
        "the same algorithm inside and outside of what is signed",
        "two");
    if (!anchor) {
      refuse(
          KeyForm.problem(certificate.getSignatureAlgorithm()),
          "certificate-algorithm",
          "RSA, RSASSA-PSS or ECDSA with SHA-256 or more, Ed25519 or ML-DSA");
    }
    refuse(
        KeyForm.problem(certificate.getSubjectPublicKeyInfo()),
        "certificate-key",
        "RSA of 2048 to 8192 bits, P-256, P-384, P-521, Ed25519 or ML-DSA");
  }

  /** RFC 5280, 4.1.2.4 and 4.1.2.6. */
  private void names() {
    boolean subject = certificate.getSubject().getRDNs().length > 0;
    require(
        certificate.getIssuer().getRDNs().length > 0,
        "certificate-issuer-name",
        "a name",
        "an empty one");
    require(
        subject || !CandidatePath.isAuthority(certificate),
        "certificate-subject-name",
        "an authority's name",
        "an empty one");
    require(
        subject || critical(Extension.subjectAlternativeName),
        "certificate-subject-name",
        "a subject, or critical alternative names",
        "neither");
  }

  /** RFC 5280, 4.2.1.1 and 4.2.1.2. */
  private void keyIdentifiers() {
    if (!strict) {
      return;
    }
    var authority = AuthorityKeyIdentifier.fromExtensions(extensions);
    boolean selfSigned = CandidatePath.selfIssued(certificate) && anchor;
    require(
        authority == null ? selfSigned : authority.getKeyIdentifierOctets() != null || selfSigned,
        "certificate-authority-key",
        "the identifier of the issuer's key",
        "none");
    require(
        SubjectKeyIdentifier.fromExtensions(extensions) != null
            || !CandidatePath.isAuthority(certificate),
        "certificate-subject-key",
        "the identifier of an authority's key",
        "none");
  }

  /** RFC 5280, 4.2.1.9. */
  private void constraints() {
    var constraints = BasicConstraints.fromExtensions(extensions);
    if (constraints == null) {
      return;
    }
    boolean length = constraints.getPathLenConstraint() != null;
    var usage = KeyUsage.fromExtensions(extensions);
    boolean signs = usage == null || usage.hasUsages(KeyUsage.keyCertSign);
    require(
        !length || (constraints.isCA() && signs),
        "certificate-constraints",
        "a path length only where certificates are signed",
        "a path length");
    require(
        !constraints.isCA() || critical(Extension.basicConstraints) || !strict,
        "certificate-constraints",
        "critical basic constraints of an authority",
        "others");
  }

  /** RFC 5280, 4.2.1.3 and 4.2.1.12. */
  private void usages() {
    var usage = KeyUsage.fromExtensions(extensions);
    boolean signs = usage != null && usage.hasUsages(KeyUsage.keyCertSign);
    require(
        !signs || CandidatePath.isAuthority(certificate),
        "certificate-usage",
        "keyCertSign in authorities only",
        "in an end entity");
    require(
        usage == null || !allZero(usage.getBytes()),
        "certificate-usage",
        "a key usage that allows something",
        "none");
    var purposes = ExtendedKeyUsage.fromExtensions(extensions);
    require(
        purposes == null || purposes.size() > 0,
        "certificate-usage",
        "an extended key usage that names something",
        "an empty one");
  }

  private static boolean allZero(byte[] bits) {
    for (byte b : bits) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** RFC 5280, 4.2.1.6. */
  private void alternativeNames() {
    var names = GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    if (names == null) {
      return;
    }
    int count = names.getNames().length;
    require(
        count > 0 && count <= MAX_NAMES,
        "certificate-alternative-name",
        "1 to %d names".formatted(MAX_NAMES),
        count + " names");
    refuse(
        Arrays.stream(names.getNames()).flatMap(n -> NameForm.problem(n).stream()).findFirst(),
        "certificate-alternative-name",
        "well-formed names");
  }

  /** RFC 5280, 4.2.1.10. */
  private void nameConstraints() {
    var constraints = NameSpace.constraints(extensions);
    if (constraints == null) {
      return;
    }
    List<GeneralSubtree> trees = new ArrayList<>();
    trees.addAll(subtrees(constraints.getPermittedSubtrees()));
    trees.addAll(subtrees(constraints.getExcludedSubtrees()));
    require(
        !trees.isEmpty() && trees.size() <= MAX_NAMES,
        "certificate-name-constraints",
        "1 to %d subtrees".formatted(MAX_NAMES),
        trees.size() + " subtrees");
    require(
        trees.stream().allMatch(t -> t.getMinimum().signum() == 0 && t.getMaximum() == null),
        "certificate-name-constraints",
        "subtrees from 0 without an end",
        "others");
    refuse(
        trees.stream()
            .map(GeneralSubtree::getBase)
            .flatMap(base -> NameForm.problemOfBase(base).stream())
            .findFirst(),
        "certificate-name-constraints",
        "well-formed subtrees");
  }

  private static List<GeneralSubtree> subtrees(GeneralSubtree @Nullable [] trees) {
    return trees == null ? List.of() : List.of(trees);
  }

  /** RFC 5280, 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14; nothing here maps policies. */
  private void policies() {
    require(
        certificate.getExtension(Extension.policyMappings) == null,
        "certificate-policies",
        "no policy mappings",
        "some");
    var policies = CertificatePolicies.fromExtensions(extensions);
    if (policies != null) {
      Set<ASN1ObjectIdentifier> distinct = new HashSet<>();
      for (var policy : policies.getPolicyInformation()) {
        distinct.add(policy.getPolicyIdentifier());
      }
      int count = policies.getPolicyInformation().length;
      require(
          count > 0 && count == distinct.size() && count <= MAX_POLICIES,
          "certificate-policies",
          "1 to %d policies, each once".formatted(MAX_POLICIES),
          "%d policies, %d different".formatted(count, distinct.size()));
    }
    var constraints = certificate.getExtension(Extension.policyConstraints);
    if (constraints != null) {
      var limits = PolicyConstraints.getInstance(constraints.getParsedValue());
      require(
          limits.getRequireExplicitPolicyMapping() != null
              || limits.getInhibitPolicyMapping() != null,
          "certificate-policies",
          "policy constraints that constrain",
          "empty ones");
    }
  }

  /** RFC 5280, 4.2: critical is what this suite understands, and what says so in its section. */
  private void criticality() {
    for (Object element : certificate.getExtensionOIDs()) {
      var id = (ASN1ObjectIdentifier) element;
      boolean critical = critical(id);
      require(
          !critical || UNDERSTOOD.contains(id),
          "certificate-critical",
          "critical extensions that are understood",
          id.getId());
      require(
          critical || !strict || !MUST_BE_CRITICAL.contains(id),
          "certificate-critical",
          "critical constraints",
          id.getId());
      require(
          CandidatePath.isAuthority(certificate) || !ONLY_IN_AUTHORITIES.contains(id),
          "certificate-constraints",
          "constraints in authorities only",
          id.getId());
    }
  }

  /** RFC 5280, 4.2.1.13 and 4.2.2.1: what cannot be read names no location. */
  private void locations() {
    AuthorityInformationAccess.fromExtensions(extensions);
    var points = certificate.getExtension(Extension.cRLDistributionPoints);
    if (points != null) {
      CRLDistPoint.getInstance(points.getParsedValue()).getDistributionPoints();
    }
    if (strict) {
      require(
          accessLocations().allMatch(l -> NameForm.problem(l).isEmpty()),
          "certificate-locations",
          "well-formed locations",
          "others");
    }
  }

  private Stream<GeneralName> accessLocations() {
    var access = AuthorityInformationAccess.fromExtensions(extensions);
    return access == null
        ? Stream.of()
        : Arrays.stream(access.getAccessDescriptions()).map(d -> d.getAccessLocation());
  }

  private boolean critical(ASN1ObjectIdentifier id) {
    var extension = certificate.getExtension(id);
    return extension != null && extension.isCritical();
  }
}
