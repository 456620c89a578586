// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.Specimen.ROOT;
import static dev.trustme.lint.Specimen.authority;
import static dev.trustme.lint.Specimen.leaf;

import dev.trustme.trust.Role;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;

/** Certificates that break one rule about extensions, usages or roles. */
record ExtensionCases(Map<LintRule, Supplier<List<Finding>>> cases) {
  void put() {
    extensions();
    usages();
    roles();
  }

  private void extensions() {
    cases.put(
        LintRule.EXTENSION_FORM,
        () -> find(leaf().put(Extension.authorityInfoAccess, false, new DERUTF8String("x"))));
    cases.put(
        LintRule.UNKNOWN_CRITICAL,
        () -> find(leaf().put(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE)));
    cases.put(
        LintRule.SUBJECT_KEY_IDENTIFIER,
        () -> find(leaf().without(Extension.subjectKeyIdentifier)));
    cases.put(
        LintRule.AUTHORITY_KEY_IDENTIFIER,
        () -> find(leaf().without(Extension.authorityKeyIdentifier)));
    cases.put(LintRule.BASIC_CONSTRAINTS, () -> find(leaf().without(Extension.basicConstraints)));
    cases.put(
        LintRule.BASIC_CONSTRAINTS_CRITICAL,
        () -> find(leaf().put(Extension.basicConstraints, false, new BasicConstraints(false))));
    cases.put(
        LintRule.PATH_LENGTH_OF_LEAF,
        () ->
            find(
                leaf()
                    .put(
                        Extension.basicConstraints,
                        true,
                        new DERSequence(new org.bouncycastle.asn1.ASN1Integer(0)))));
    var some =
        new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(LintRuleTest.HOST)}, null);
    cases.put(
        LintRule.NAME_CONSTRAINTS_CRITICAL,
        () -> find(authority().put(Extension.nameConstraints, false, some)));
    cases.put(
        LintRule.NAME_CONSTRAINTS_LEAF,
        () -> find(leaf().put(Extension.nameConstraints, true, some)));
    cases.put(
        LintRule.NAME_CONSTRAINTS_EMPTY,
        () -> find(authority().put(Extension.nameConstraints, true, new DERSequence())));
    var policy = new PolicyConstraints(BigInteger.ZERO, null);
    cases.put(
        LintRule.POLICY_CONSTRAINTS_CRITICAL,
        () -> find(authority().put(Extension.policyConstraints, false, policy)));
    cases.put(
        LintRule.POLICY_CONSTRAINTS_LEAF,
        () -> find(leaf().put(Extension.policyConstraints, true, policy)));
    var information = new PolicyInformation(new ASN1ObjectIdentifier("1.2.3.4"));
    cases.put(
        LintRule.POLICIES_REPEATED,
        () ->
            find(
                leaf()
                    .put(
                        Extension.certificatePolicies,
                        false,
                        new CertificatePolicies(
                            new PolicyInformation[] {information, information}))));
    cases.put(
        LintRule.LOCATION_FORM,
        () ->
            find(
                leaf()
                    .put(
                        Extension.authorityInfoAccess,
                        false,
                        new AuthorityInformationAccess(
                            AccessDescription.id_ad_ocsp,
                            new GeneralName(
                                GeneralName.uniformResourceIdentifier, "file:///etc/passwd")))));
  }

  private void usages() {
    cases.put(LintRule.KEY_USAGE, () -> find(leaf().without(Extension.keyUsage)));
    cases.put(
        LintRule.KEY_USAGE_CRITICAL,
        () -> find(leaf().put(Extension.keyUsage, false, new KeyUsage(KeyUsage.digitalSignature))));
    cases.put(
        LintRule.KEY_USAGE_AUTHORITY,
        () ->
            find(
                authority()
                    .put(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature))));
    cases.put(
        LintRule.KEY_USAGE_LEAF,
        () ->
            find(
                leaf()
                    .put(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))));
    cases.put(
        LintRule.KEY_USAGE_OF_KEY,
        () ->
            find(
                leaf()
                    .put(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment))));
    cases.put(LintRule.EKU_MISSING, () -> find(leaf().without(Extension.extendedKeyUsage)));
    cases.put(
        LintRule.EKU_ANY,
        () ->
            find(
                leaf()
                    .put(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage))));
  }

  private void roles() {
    cases.put(LintRule.ROLE_SEVERAL, () -> find(leaf().purposes(Role.CONTAINER, Role.RELEASE)));
    cases.put(
        LintRule.ROLE_KEY_USAGE,
        () -> find(leaf().put(Extension.keyUsage, true, new KeyUsage(KeyUsage.nonRepudiation))));
    cases.put(LintRule.ROLE_KEY, () -> find(leaf().purposes(Role.BOOT)));
    cases.put(LintRule.DEVICE_NAME, () -> find(leaf().purposes(Role.DEVICE)));
    cases.put(LintRule.ROLE_NAME, () -> find(leaf().purposes(Role.BACKEND)));
    cases.put(LintRule.OCSP_NO_CHECK, () -> find(leaf().purposes(Role.OCSP)));
  }

  private static List<Finding> find(Specimen specimen) {
    return CertificateLint.findings(specimen.sign(), ROOT);
  }
}
