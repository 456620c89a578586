// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.DEVICE_NAME;
import static dev.trustme.lint.LintRule.OCSP_NO_CHECK;
import static dev.trustme.lint.LintRule.ROLE_KEY;
import static dev.trustme.lint.LintRule.ROLE_KEY_USAGE;
import static dev.trustme.lint.LintRule.ROLE_NAME;
import static dev.trustme.lint.LintRule.ROLE_SEVERAL;

import dev.trustme.trust.Role;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;

/** What the suite's roles ask of the certificates that carry them. */
record RoleRules(Certificate certificate, Findings findings) {
  /** Checked by firmware or kernel. */
  private static final Set<Role> RSA_ONLY = EnumSet.of(Role.BOOT, Role.MODULE);

  private static final Pattern UUID_URI =
      Pattern.compile("UUID:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern ANY = Pattern.compile(".+");

  void check() {
    if (certificate.authority()) {
      return; // An authority's purposes limit what it issues; it has no role itself.
    }
    Set<Role> roles = certificate.roles();
    findings.require(
        roles.size() < 2,
        ROLE_SEVERAL,
        "its key has the roles "
            + roles.stream().map(Role::label).sorted().collect(Collectors.joining(", ")));
    boolean signs = !roles.isEmpty() && !roles.contains(Role.ENDORSEMENT_KEY);
    findings.require(
        !signs
            || certificate.keyUsage().map(u -> u.hasUsages(KeyUsage.digitalSignature)).orElse(true),
        ROLE_KEY_USAGE,
        "its key has a role but no digitalSignature");
    findings.require(
        roles.stream().noneMatch(RSA_ONLY::contains) || pkcs1(),
        ROLE_KEY,
        "its key has a role for firmware or kernel and is not RSA");
    findings.require(
        !roles.contains(Role.OCSP) || certificate.has(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck),
        OCSP_NO_CHECK,
        "is an OCSP responder's and has no id-pkix-ocsp-nocheck");
    names(roles);
  }

  private boolean pkcs1() {
    return certificate
        .holder()
        .getSubjectPublicKeyInfo()
        .getAlgorithm()
        .getAlgorithm()
        .equals(PKCSObjectIdentifiers.rsaEncryption);
  }

  private void names(Set<Role> roles) {
    var names = certificate.value(Extension.subjectAlternativeName, GeneralNames::getInstance);
    findings.require(
        !roles.contains(Role.DEVICE) || has(names, GeneralName.uniformResourceIdentifier, UUID_URI),
        DEVICE_NAME,
        "is a device's and has no URI UUID:... in lower case");
    findings.require(
        !roles.contains(Role.BACKEND)
            || has(names, GeneralName.dNSName, ANY)
            || has(names, GeneralName.iPAddress, ANY),
        ROLE_NAME,
        "is a backend's and names no host");
    findings.require(
        !roles.contains(Role.USER) || has(names, GeneralName.rfc822Name, ANY),
        ROLE_NAME,
        "is a user's and names no mailbox");
  }

  private static boolean has(Optional<GeneralNames> names, int kind, Pattern pattern) {
    return names.stream()
        .flatMap(n -> Arrays.stream(n.getNames()))
        .anyMatch(n ->
            n.getTagNo() == kind
                && (!(n.getName() instanceof ASN1String text)
                    || pattern.matcher(text.getString()).matches()));
  }
}
