// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.EKU_CHAIN;
import static dev.trustme.lint.LintRule.IDENTIFIER_CHAIN;
import static dev.trustme.lint.LintRule.ISSUER_AUTHORITY;
import static dev.trustme.lint.LintRule.ISSUER_KEY_USAGE;
import static dev.trustme.lint.LintRule.ISSUER_NAME;
import static dev.trustme.lint.LintRule.KEY_OF_ISSUER;
import static dev.trustme.lint.LintRule.PATH_LENGTH;
import static dev.trustme.lint.LintRule.SIGNATURE;
import static dev.trustme.lint.LintRule.SIGNATURE_SCHEME;
import static dev.trustme.lint.LintRule.SUBJECT_OF_ISSUER;
import static dev.trustme.lint.LintRule.VALIDITY_NESTING;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A certificate beside the one that issued it. */
record IssuerRules(Certificate certificate, Certificate issuer, Findings findings) {
  /** Grants nothing: it keeps a key for modules from signing what boots. Linux, certs/. */
  private static final KeyPurposeId MODULES_ONLY =
      KeyPurposeId.getInstance(new ASN1ObjectIdentifier("1.3.6.1.4.1.2312.16.1.2"));

  void check() {
    boolean selfSigned = certificate.holder().equals(issuer.holder());
    name();
    signature();
    identifiers();
    if (!selfSigned) {
      authority();
      nesting();
      purposes();
    }
  }

  private void name() {
    findings.require(
        Arrays.equals(
            encoded(certificate.holder().getIssuer()), encoded(issuer.holder().getSubject())),
        ISSUER_NAME,
        "issuer name differs from the issuer's subject");
  }

  private void signature() {
    requireSignature(
        encoded(certificate.holder().toASN1Structure().getTBSCertificate()),
        certificate.holder().getSignatureAlgorithm(),
        certificate.holder().getSignature());
    findings.require(
        SignatureScheme.of(issuer.holder().getSubjectPublicKeyInfo())
            .filter(certificate.holder().getSignatureAlgorithm()::equals)
            .isPresent(),
        SIGNATURE_SCHEME,
        "signature algorithm is not the issuer's");
  }

  private void requireSignature(byte[] signed, AlgorithmIdentifier by, byte[] signature) {
    findings.require(
        signatureOf(issuer.holder().getSubjectPublicKeyInfo(), signed, by, signature),
        SIGNATURE,
        "signature does not verify");
  }

  static boolean signatureOf(
      SubjectPublicKeyInfo key, byte[] signed, AlgorithmIdentifier by, byte[] signature) {
    return SignatureScheme.verify(key, by, Bytes.copyOf(signed), Bytes.copyOf(signature));
  }

  private void identifiers() {
    var authority = AuthorityKeyIdentifier.fromExtensions(certificate.holder().getExtensions());
    var subject = SubjectKeyIdentifier.fromExtensions(issuer.holder().getExtensions());
    findings.require(
        authority == null
            || authority.getKeyIdentifierOctets() == null
            || (subject != null
                && Arrays.equals(authority.getKeyIdentifierOctets(), subject.getKeyIdentifier())),
        IDENTIFIER_CHAIN,
        "authority key identifier is not the issuer's");
  }

  private void authority() {
    findings.require(issuer.authority(), ISSUER_AUTHORITY, "issuer is no authority");
    findings.require(
        issuer.keyUsage().filter(u -> u.hasUsages(KeyUsage.keyCertSign)).isPresent(),
        ISSUER_KEY_USAGE,
        "issuer may not sign certificates");
    var length = issuer.basicConstraints().map(BasicConstraints::getPathLenConstraintInteger);
    findings.require(
        !certificate.authority() || length.isEmpty() || length.get().getValue().signum() > 0,
        PATH_LENGTH,
        "issuer's path length allows no further authority");
    findings.require(
        !certificate
            .holder()
            .getSubjectPublicKeyInfo()
            .equals(issuer.holder().getSubjectPublicKeyInfo()),
        KEY_OF_ISSUER,
        "key is the issuer's own");
    findings.require(
        !certificate.selfIssued(), SUBJECT_OF_ISSUER, "subject and issuer have the same name");
  }

  private void nesting() {
    var own = certificate.holder();
    var above = issuer.holder();
    findings.require(
        !own.getNotBefore().toInstant().isBefore(above.getNotBefore().toInstant())
            && !own.getNotAfter().toInstant().isAfter(above.getNotAfter().toInstant()),
        VALIDITY_NESTING,
        "is valid outside its issuer's validity");
  }

  private void purposes() {
    var above = issuer.purposes();
    if (above.isPresent()) {
      findings.require(
          certificate
              .purposes()
              .filter(own ->
                  Arrays.stream(own.getUsages())
                      .allMatch(p -> p.equals(MODULES_ONLY) || above.get().hasKeyPurposeId(p)))
              .isPresent(),
          EKU_CHAIN,
          "its purposes are not among those of its issuer");
    }
  }

  static byte[] encoded(ASN1Object object) {
    try {
      return object.getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("a parsed structure encodes", e);
    }
  }
}
