// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.AUTHORITY_KEY_IDENTIFIER;
import static dev.trustme.lint.LintRule.BASIC_CONSTRAINTS;
import static dev.trustme.lint.LintRule.BASIC_CONSTRAINTS_CRITICAL;
import static dev.trustme.lint.LintRule.EXTENSION_FORM;
import static dev.trustme.lint.LintRule.LOCATION_FORM;
import static dev.trustme.lint.LintRule.NAME_CONSTRAINTS_CRITICAL;
import static dev.trustme.lint.LintRule.NAME_CONSTRAINTS_EMPTY;
import static dev.trustme.lint.LintRule.NAME_CONSTRAINTS_LEAF;
import static dev.trustme.lint.LintRule.PATH_LENGTH_OF_LEAF;
import static dev.trustme.lint.LintRule.POLICIES_REPEATED;
import static dev.trustme.lint.LintRule.POLICY_CONSTRAINTS_CRITICAL;
import static dev.trustme.lint.LintRule.POLICY_CONSTRAINTS_LEAF;
import static dev.trustme.lint.LintRule.SUBJECT_KEY_IDENTIFIER;
import static dev.trustme.lint.LintRule.UNKNOWN_CRITICAL;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyConstraints;

/** Which extensions a certificate has, how they are marked, and whether they can be read. */
record ExtensionRules(Certificate certificate, Findings findings) {
  /** Those that firmware (through OpenSSL) and the kernel's parser take when they are critical. */
  private static final Set<ASN1ObjectIdentifier> MAY_BE_CRITICAL =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.nameConstraints,
          Extension.policyConstraints,
          Extension.inhibitAnyPolicy);

  void check() {
    identifiers();
    basicConstraints();
    nameConstraints();
    policies();
    locations();
    criticality();
  }

  private <T> Optional<T> read(ASN1ObjectIdentifier extension, Function<ASN1Encodable, T> reader) {
    var value = certificate.value(extension, reader);
    findings.require(
        value.isPresent() || !certificate.has(extension),
        EXTENSION_FORM,
        "extension %s is malformed".formatted(extension));
    return value;
  }

  private void criticality() {
    for (Object found : certificate.holder().getCriticalExtensionOIDs()) {
      var oid = (ASN1ObjectIdentifier) found;
      boolean name = oid.equals(Extension.subjectAlternativeName);
      findings.require(
          MAY_BE_CRITICAL.contains(oid) || name || identifier(oid),
          UNKNOWN_CRITICAL,
          "extension %s is critical".formatted(oid));
    }
  }

  private static boolean identifier(ASN1ObjectIdentifier oid) {
    return oid.equals(Extension.subjectKeyIdentifier)
        || oid.equals(Extension.authorityKeyIdentifier);
  }

  private void identifiers() {
    findings.require(
        certificate.has(Extension.subjectKeyIdentifier)
            && !certificate.critical(Extension.subjectKeyIdentifier),
        SUBJECT_KEY_IDENTIFIER,
        "has no subject key identifier, or a critical one");
    findings.require(
        (certificate.has(Extension.authorityKeyIdentifier) || certificate.selfIssued())
            && !certificate.critical(Extension.authorityKeyIdentifier),
        AUTHORITY_KEY_IDENTIFIER,
        "has no authority key identifier, or a critical one");
  }

  private void basicConstraints() {
    var constraints = certificate.basicConstraints();
    if (constraints.isEmpty()) {
      findings.add(BASIC_CONSTRAINTS, "has no basic constraints");
      return;
    }
    findings.require(
        certificate.critical(Extension.basicConstraints),
        BASIC_CONSTRAINTS_CRITICAL,
        "basic constraints are not critical");
    findings.require(
        certificate.authority() || constraints.get().getPathLenConstraint() == null,
        PATH_LENGTH_OF_LEAF,
        "has a path length and is no authority");
  }

  private void nameConstraints() {
    if (!certificate.has(Extension.nameConstraints)) {
      return;
    }
    findings.require(
        certificate.authority(), NAME_CONSTRAINTS_LEAF, "has name constraints and is no authority");
    findings.require(
        certificate.critical(Extension.nameConstraints),
        NAME_CONSTRAINTS_CRITICAL,
        "name constraints are not critical");
    read(Extension.nameConstraints, NameConstraints::getInstance)
        .ifPresent(constraints ->
            findings.require(
                size(constraints.getPermittedSubtrees()) + size(constraints.getExcludedSubtrees())
                    > 0,
                NAME_CONSTRAINTS_EMPTY,
                "name constraints permit and exclude nothing"));
  }

  private static int size(Object @org.jspecify.annotations.Nullable [] subtrees) {
    return subtrees == null ? 0 : subtrees.length;
  }

  private void policies() {
    for (var oid : List.of(Extension.policyConstraints, Extension.inhibitAnyPolicy)) {
      if (certificate.has(oid)) {
        findings.require(
            certificate.critical(oid),
            POLICY_CONSTRAINTS_CRITICAL,
            "extension %s is not critical".formatted(oid));
        findings.require(
            certificate.authority(),
            POLICY_CONSTRAINTS_LEAF,
            "has extension %s and is no authority".formatted(oid));
      }
    }
    read(Extension.policyConstraints, PolicyConstraints::getInstance);
    read(Extension.certificatePolicies, CertificatePolicies::getInstance)
        .ifPresent(policies -> {
          var oids =
              Arrays.stream(policies.getPolicyInformation())
                  .map(p -> p.getPolicyIdentifier())
                  .toList();
          findings.require(
              Set.copyOf(oids).size() == oids.size(),
              POLICIES_REPEATED,
              "a certificate policy stands there twice");
        });
  }

  private void locations() {
    read(Extension.authorityInfoAccess, ExtensionRules::access)
        .ifPresent(access -> {
          for (AccessDescription description : access.getAccessDescriptions()) {
            location(description.getAccessLocation());
          }
        });
    for (var oid : List.of(Extension.cRLDistributionPoints, Extension.freshestCRL)) {
      read(oid, ExtensionRules::points)
          .ifPresent(points -> {
            for (DistributionPoint point : points.getDistributionPoints()) {
              location(point);
            }
          });
    }
  }

  /** The library reads no further than the outer SEQUENCE until somebody asks. */
  private static AuthorityInformationAccess access(ASN1Encodable value) {
    var access = AuthorityInformationAccess.getInstance(value);
    for (AccessDescription description : access.getAccessDescriptions()) {
      description.getAccessMethod().getId();
    }
    return access;
  }

  private static CRLDistPoint points(ASN1Encodable value) {
    if (ASN1Sequence.getInstance(value).size() == 0) {
      throw new IllegalArgumentException("no distribution point");
    }
    var points = CRLDistPoint.getInstance(value);
    for (DistributionPoint point : points.getDistributionPoints()) {
      names(point);
    }
    return points;
  }

  private void location(DistributionPoint point) {
    for (GeneralName name : names(point)) {
      location(name);
    }
  }

  private static GeneralName[] names(DistributionPoint point) {
    var name = point.getDistributionPoint();
    return name != null
            && name.getType() == org.bouncycastle.asn1.x509.DistributionPointName.FULL_NAME
        ? GeneralNames.getInstance(name.getName()).getNames()
        : new GeneralName[0];
  }

  private void location(GeneralName name) {
    boolean uri =
        name.getTagNo() == GeneralName.uniformResourceIdentifier
            && name.getName() instanceof ASN1String text
            && NameRules.isUri(text.getString())
            && text.getString().matches("(?i)(https?|ldaps?)://.+");
    findings.require(
        uri || name.getTagNo() == GeneralName.directoryName,
        LOCATION_FORM,
        "a location is no http or ldap URI");
  }
}
