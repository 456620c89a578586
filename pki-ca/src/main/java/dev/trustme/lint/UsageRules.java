// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.EKU_ANY;
import static dev.trustme.lint.LintRule.EKU_MISSING;
import static dev.trustme.lint.LintRule.KEY_USAGE;
import static dev.trustme.lint.LintRule.KEY_USAGE_AUTHORITY;
import static dev.trustme.lint.LintRule.KEY_USAGE_CRITICAL;
import static dev.trustme.lint.LintRule.KEY_USAGE_LEAF;
import static dev.trustme.lint.LintRule.KEY_USAGE_OF_KEY;

import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Key usage and extended key usage. */
record UsageRules(Certificate certificate, Findings findings) {
  private static final int ISSUING = KeyUsage.keyCertSign | KeyUsage.cRLSign;
  private static final int SIGNING = ISSUING | KeyUsage.digitalSignature | KeyUsage.nonRepudiation;
  private static final int AGREEING =
      KeyUsage.keyAgreement | KeyUsage.encipherOnly | KeyUsage.decipherOnly;
  private static final int ENCIPHERING = KeyUsage.keyEncipherment | KeyUsage.dataEncipherment;

  void check() {
    int bits = certificate.keyUsage().map(UsageRules::bits).orElse(0);
    if (bits == 0) {
      findings.add(KEY_USAGE, "has no key usage");
    } else {
      keyUsage(bits);
    }
    purposes();
  }

  /** As KeyUsage's constants have them; the library's own order of the two bytes. */
  static int bits(KeyUsage usage) {
    return ((ASN1BitString) usage.toASN1Primitive()).intValue();
  }

  private void keyUsage(int bits) {
    findings.require(
        certificate.critical(Extension.keyUsage), KEY_USAGE_CRITICAL, "key usage is not critical");
    if (certificate.authority()) {
      findings.require(
          (bits & KeyUsage.keyCertSign) != 0 && (bits & ~ISSUING) == 0,
          KEY_USAGE_AUTHORITY,
          "an authority that may not sign certificates, or may do more");
    } else {
      findings.require(
          (bits & ISSUING) == 0,
          KEY_USAGE_LEAF,
          "is no authority and may sign certificates or revocation lists");
    }
    findings.require(
        (bits & ~possible(certificate.holder().getSubjectPublicKeyInfo())) == 0,
        KEY_USAGE_OF_KEY,
        "key usage asks for what such a key cannot do");
  }

  private static int possible(SubjectPublicKeyInfo key) {
    var algorithm = key.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return SIGNING | ENCIPHERING;
    }
    return algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey) ? SIGNING | AGREEING : SIGNING;
  }

  private void purposes() {
    var purposes = certificate.purposes();
    if (purposes.isEmpty()) {
      // PK and KEK certify themselves: no path, and so no role, ends in them.
      findings.require(
          certificate.authority() || certificate.selfIssued(),
          EKU_MISSING,
          "does not say what its key is for");
      return;
    }
    findings.require(
        !purposes.get().hasKeyPurposeId(KeyPurposeId.anyExtendedKeyUsage),
        EKU_ANY,
        "its extended key usage is any");
  }
}
