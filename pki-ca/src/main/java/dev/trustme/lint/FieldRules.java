// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.SERIAL_ENTROPY;
import static dev.trustme.lint.LintRule.SERIAL_NUMBER;
import static dev.trustme.lint.LintRule.SIGNATURE_FIELDS;
import static dev.trustme.lint.LintRule.SIGNATURE_HASH;
import static dev.trustme.lint.LintRule.UNIQUE_IDENTIFIERS;
import static dev.trustme.lint.LintRule.VALIDITY_ENCODING;
import static dev.trustme.lint.LintRule.VALIDITY_ORDER;
import static dev.trustme.lint.LintRule.VERSION_3;

import dev.trustme.trust.SignatureAlgorithm;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Time;

/** The fields of a certificate outside its names, key and extensions. */
record FieldRules(Certificate certificate, Findings findings) {
  private static final int MAX_SERIAL_BYTES = 20;
  private static final int MIN_SERIAL_BITS = 57;
  private static final int FIRST_GENERALIZED_YEAR = 2050;

  private static final Pattern UTC = Pattern.compile("[0-9]{12}Z");
  private static final Pattern GENERALIZED = Pattern.compile("[0-9]{14}(Z|GMT.*)");

  void check() {
    serial();
    signature();
    validity();
    var tbs = certificate.holder().toASN1Structure().getTBSCertificate();
    findings.require(
        certificate.holder().getVersionNumber() == 3,
        VERSION_3,
        "is of version " + certificate.holder().getVersionNumber());
    findings.require(
        tbs.getIssuerUniqueId() == null && tbs.getSubjectUniqueId() == null,
        UNIQUE_IDENTIFIERS,
        "has a unique identifier");
  }

  private void serial() {
    var serial = certificate.holder().getSerialNumber();
    findings.require(
        serial.signum() > 0 && serial.toByteArray().length <= MAX_SERIAL_BYTES,
        SERIAL_NUMBER,
        "serial number is not positive, or longer than 20 bytes");
    findings.require(
        serial.signum() <= 0 || serial.bitLength() >= MIN_SERIAL_BITS,
        SERIAL_ENTROPY,
        "serial number is shorter than 8 bytes");
  }

  private void signature() {
    var structure = certificate.holder().toASN1Structure();
    findings.require(
        structure.getSignatureAlgorithm().equals(structure.getTBSCertificate().getSignature()),
        SIGNATURE_FIELDS,
        "signature algorithms inside and outside the signed part differ");
    requireStrong(structure.getSignatureAlgorithm(), findings);
  }

  static void requireStrong(AlgorithmIdentifier algorithm, Findings findings) {
    findings.require(
        SignatureAlgorithm.of(algorithm).isPresent(),
        SIGNATURE_HASH,
        "signature algorithm %s is none of SHA-256 or stronger"
            .formatted(algorithm.getAlgorithm()));
  }

  private void validity() {
    var tbs = certificate.holder().toASN1Structure().getTBSCertificate();
    findings.require(
        certificate
            .holder()
            .getNotBefore()
            .toInstant()
            .isBefore(certificate.holder().getNotAfter().toInstant()),
        VALIDITY_ORDER,
        "ends before it begins");
    findings.require(
        encoded(tbs.getStartDate()) && encoded(tbs.getEndDate()),
        VALIDITY_ENCODING,
        "a date is not encoded as its year asks for");
  }

  private static boolean encoded(Time time) {
    boolean late =
        time.getDate().toInstant().atOffset(java.time.ZoneOffset.UTC).getYear()
            >= FIRST_GENERALIZED_YEAR;
    return switch (time.toASN1Primitive()) {
      case ASN1UTCTime utc -> !late && UTC.matcher(utc.toString()).matches();
      case ASN1GeneralizedTime general ->
          late && GENERALIZED.matcher(general.getTimeString()).matches();
      default -> false;
    };
  }
}
