// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;

/**
 * What a request asks for besides names. Nothing of it is copied: a wish is harmless where the
 * rules grant it anyway, and else it is refused by name, or dropped where that was said.
 */
final class CsrExtensions {
  /** Extensions that are looked into. */
  static final Set<ASN1ObjectIdentifier> KNOWN =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.subjectKeyIdentifier,
          Extension.subjectAlternativeName);

  /** challengePassword and unstructuredName, RFC 2985, 5.4: words to the authority, no wishes. */
  private static final Set<ASN1ObjectIdentifier> IGNORED_ATTRIBUTES =
      Set.of(
          CertificationRequest.EXTENSION_REQUEST,
          PKCSObjectIdentifiers.pkcs_9_at_challengePassword,
          PKCSObjectIdentifiers.pkcs_9_at_unstructuredName);

  /** By bit number. RFC 5280, 4.2.1.3. */
  private static final List<String> KEY_USAGES =
      List.of(
          "digitalSignature",
          "nonRepudiation",
          "keyEncipherment",
          "dataEncipherment",
          "keyAgreement",
          "keyCertSign",
          "cRLSign",
          "encipherOnly",
          "decipherOnly");

  private final CertificationRequest request;
  private final CsrRules rules;
  private final List<Check> checks = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();

  CsrExtensions(CertificationRequest request, CsrRules rules) {
    this.request = request;
    this.rules = rules;
  }

  /** The value of a known extension; one that is none is a RuntimeException. */
  static ASN1Encodable read(Extension extension) {
    ASN1Encodable value = extension.getParsedValue();
    if (extension.getExtnId().equals(Extension.basicConstraints)) {
      return BasicConstraints.getInstance(value);
    }
    if (extension.getExtnId().equals(Extension.keyUsage)) {
      return KeyUsage.getInstance(value);
    }
    if (extension.getExtnId().equals(Extension.extendedKeyUsage)) {
      return ExtendedKeyUsage.getInstance(value);
    }
    if (extension.getExtnId().equals(Extension.subjectKeyIdentifier)) {
      return SubjectKeyIdentifier.getInstance(value);
    }
    return GeneralNames.getInstance(value);
  }

  /** One check for each wish that is not granted; one that passes where there is none. */
  List<Check> checks() {
    request.attributes().stream()
        .filter(a -> !IGNORED_ATTRIBUTES.contains(a))
        .forEach(a -> refuse("csr-attribute", "attributes that are known", "attribute " + a));
    request.extensions().values().forEach(this::extension);
    if (checks.isEmpty()) {
      checks.add(Check.pass("csr-extensions", request.extensions().size() + " asked for"));
    }
    return List.copyOf(checks);
  }

  /** What was asked for and dropped, by name. */
  List<String> dropped() {
    return List.copyOf(dropped);
  }

  private void extension(Extension extension) {
    var value = KNOWN.contains(extension.getExtnId()) ? read(extension) : null;
    switch (value) {
      case BasicConstraints constraints -> constraints(constraints);
      case KeyUsage usage -> usage(usage);
      case ExtendedKeyUsage usages -> purposes(usages);
      case SubjectKeyIdentifier identifier -> {} // The authority computes its own.
      case GeneralNames names -> {} // CsrNames looks at these.
      case null, default ->
          refuse(
              "csr-extension",
              "no extension but names",
              "extension %s asked for".formatted(extension.getExtnId()));
    }
  }

  private void constraints(BasicConstraints constraints) {
    if (constraints.isCA() && !rules.authority()) {
      refuse("csr-basic-constraints", "an end entity", "basicConstraints CA:TRUE asked for");
    }
  }

  private void usage(KeyUsage usage) {
    for (int i = 0; i < KEY_USAGES.size(); i++) {
      int bit = i < 8 ? 0x80 >> i : KeyUsage.decipherOnly;
      if (usage.hasUsages(bit) && (rules.keyUsage() & bit) == 0) {
        refuse(
            "csr-key-usage",
            "key usages of the template",
            "keyUsage %s asked for".formatted(KEY_USAGES.get(i)));
      }
    }
  }

  private void purposes(ExtendedKeyUsage usages) {
    Arrays.stream(usages.getUsages())
        .filter(p -> !rules.purposes().contains(p))
        .map(KeyPurposeId::getId)
        .findFirst()
        .ifPresent(p ->
            refuse(
                "csr-extended-key-usage",
                "extended key usages of the template",
                "extendedKeyUsage %s asked for".formatted(p)));
  }

  private void refuse(String id, String expected, String seen) {
    if (rules.dropExtras()) {
      dropped.add(seen);
    } else {
      checks.add(
          Check.fail(id, expected, seen)
              .advise("ask for names only, or issue without it: --drop-extras"));
    }
  }
}
