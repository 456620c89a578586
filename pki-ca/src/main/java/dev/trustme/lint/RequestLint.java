// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.EXTENSION_FORM;
import static dev.trustme.lint.LintRule.REQUEST_AUTHORITY;
import static dev.trustme.lint.LintRule.REQUEST_EXTENSION;
import static dev.trustme.lint.LintRule.REQUEST_SIGNATURE;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** All rules about one certification request, PKCS#10, RFC 2986. */
public final class RequestLint {
  private static final Set<ASN1ObjectIdentifier> COPIED =
      Set.of(
          Extension.subjectAlternativeName,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.basicConstraints,
          Extension.subjectKeyIdentifier);
  private static final int ISSUING = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  private final Findings findings = new Findings();

  private RequestLint() {}

  /** What is wrong with the request. */
  public static List<Finding> findings(PKCS10CertificationRequest request) {
    var lint = new RequestLint();
    KeyRules.check(request.getSubjectPublicKeyInfo(), lint.findings);
    if (lint.findings.list().isEmpty()) {
      lint.signature(request); // A key that nobody here uses has no verifier either.
    }
    new NameRules(lint.findings).check(request.getSubject());
    lint.extensions(requested(request, lint.findings));
    return lint.findings.list();
  }

  private void signature(PKCS10CertificationRequest request) {
    var structure = request.toASN1Structure();
    FieldRules.requireStrong(structure.getSignatureAlgorithm(), findings);
    findings.require(
        IssuerRules.signatureOf(
            request.getSubjectPublicKeyInfo(),
            IssuerRules.encoded(structure.getCertificationRequestInfo()),
            structure.getSignatureAlgorithm(),
            structure.getSignature().getOctets()),
        REQUEST_SIGNATURE,
        "its key did not sign it");
  }

  private static @Nullable Extensions requested(
      PKCS10CertificationRequest request, Findings findings) {
    try {
      return request.getRequestedExtensions();
    } catch (RuntimeException e) {
      findings.add(EXTENSION_FORM, "the extensions that it asks for are malformed");
      return null;
    }
  }

  private void extensions(@Nullable Extensions extensions) {
    if (extensions == null) {
      return;
    }
    for (ASN1ObjectIdentifier oid : extensions.getExtensionOIDs()) {
      findings.require(
          COPIED.contains(oid), REQUEST_EXTENSION, "asks for extension %s".formatted(oid));
    }
    var constraints = read(extensions, Extension.basicConstraints, BasicConstraints::getInstance);
    var usage = read(extensions, Extension.keyUsage, KeyUsage::getInstance);
    findings.require(
        constraints.filter(BasicConstraints::isCA).isEmpty()
            && usage.filter(u -> (UsageRules.bits(u) & ISSUING) != 0).isEmpty(),
        REQUEST_AUTHORITY,
        "asks to become an authority");
    new NameRules(findings)
        .check(read(extensions, Extension.subjectAlternativeName, GeneralNames::getInstance));
  }

  private <T> Optional<T> read(
      Extensions extensions,
      ASN1ObjectIdentifier oid,
      java.util.function.Function<org.bouncycastle.asn1.ASN1Encodable, T> reader) {
    var extension = extensions.getExtension(oid);
    var value = Certificate.value(extension, reader);
    findings.require(
        value.isPresent() || extension == null,
        EXTENSION_FORM,
        "extension %s is malformed".formatted(oid));
    return value;
  }
}
