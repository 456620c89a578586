// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;

/** Keys that are no TPM's, or another's; records and certificates that do not hold. */
final class KeyAttacks {
  private final AttackVectors all;
  private final SoftKeys keys;

  KeyAttacks(AttackVectors all) {
    this.all = all;
    this.keys = all.device.keys;
  }

  void make() throws IOException, FormatException {
    attributes();
    records();
    endorsements();
    certificates();
    revocations();
    devices();
    recordAlone();
    releases();
  }

  private void attributes() throws IOException, FormatException {
    Map<String, Long> bits = new TreeMap<>();
    bits.put("k01a-not-fixed-tpm", 1L << 1);
    bits.put("k01b-not-fixed-parent", 1L << 4);
    bits.put("k01c-no-sensitive-data-origin", 1L << 5);
    bits.put("k01d-not-restricted", 1L << 16);
    bits.put("k01e-decrypts", 1L << 17);
    bits.put("k01f-does-not-sign", 1L << 18);
    bits.put("k01g-reserved-bit", 1L << 31);
    for (Map.Entry<String, Long> bit : bits.entrySet()) {
      area(
          bit.getKey(),
          "an enrolled key whose attributes differ in bit 0x%08x".formatted(bit.getValue()),
          area -> flipped(area, bit.getValue()),
          "ak-attributes");
    }
    area(
        "k01h-scheme-of-sha1",
        "an enrolled key that signs with SHA-1",
        area ->
            SoftKeys.with(
                area,
                all.device.ak.key(),
                TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, HashAlgorithm.SHA1)),
        "ak-scheme");
    area(
        "k01i-scheme-null",
        "an enrolled key without a scheme of its own",
        area -> SoftKeys.with(area, all.device.ak.key(), TpmtScheme.NULL),
        "ak-scheme");
    all.attack(
        "k01j-attributes-shown",
        "the attributes shown are not those that were enrolled",
        e -> e.shownArea = flipped(e.shownArea, 1L << 6),
        "ak-enrolled");
    all.attack(
        "q12c-off-curve",
        "the key shown is no point of its curve",
        e -> e.shownArea = offCurve(e.shownArea),
        "ak-public");
  }

  /** The enrolment authority, too, took this public area. */
  private void area(String id, String comment, UnaryOperator<TpmtPublic> edit, String check)
      throws IOException, FormatException {
    all.attack(
        id,
        comment,
        e -> {
          e.shownArea = edit.apply(e.ak.area());
          e.ak = new SoftKeys.Ak(e.ak.key(), e.shownArea);
          e.recordedAk = e.shownArea.name();
        },
        check);
  }

  private static TpmtPublic flipped(TpmtPublic area, long bits) {
    return new TpmtPublic(
        area.nameAlg(),
        new TpmaObject(area.objectAttributes().bits() ^ bits),
        area.authPolicy(),
        area.key());
  }

  private static TpmtPublic offCurve(TpmtPublic area) {
    var ecc = (TpmtPublic.Ecc) area.key();
    var moved =
        new TpmtPublic.Ecc(
            ecc.symmetric(), ecc.scheme(), ecc.curveId(), ecc.kdf(), ecc.x(), ecc.x());
    return new TpmtPublic(area.nameAlg(), area.objectAttributes(), area.authPolicy(), moved);
  }

  private void records() throws IOException, FormatException {
    all.attack(
        "k02a-record-of-other-key",
        "the record names another attestation key",
        e -> e.recordedAk = SoftKeys.ak("other").area().name(),
        "ak-enrolled");
    all.attack(
        "k02b-record-of-other-certificate",
        "the record names another certificate of the key",
        e -> e.recordedAkCertificate = Digest.zero(HashAlgorithm.SHA256),
        "ak-enrolled");
    all.attack("k02c-no-record", "no enrolment record", e -> e.record = false, "enrolment-record");
    var impostor = SeededPki.issue(keys.devices, Plan.leaf("Vector Impostor", 21, Role.ENROLMENT));
    all.attack(
        "k02d-record-by-other-authority",
        "an authority that certifies devices signed the record",
        e -> e.recorder = impostor,
        "enrolment-record");
    var wrongRole = SeededPki.issue(keys.enrolment, Plan.leaf("Vector Role", 22, Role.LOG));
    all.attack(
        "k02e-record-by-other-role",
        "a key of another role signed the record",
        e -> e.recorder = wrongRole,
        "enrolment-record");
    all.attack(
        "k02f-record-of-other-device",
        "the record of another device",
        e -> e.recorded = SoftKeys.OTHER,
        "enrolment-device");
    all.attack(
        "k02g-record-of-tomorrow",
        "the record says tomorrow",
        e -> e.enrolled = SoftEvidence.AT.plus(Duration.ofDays(1)),
        "enrolment-device");
  }

  private void endorsements() throws IOException, FormatException {
    var plan = SoftKeys.endorsement("Vector EK", 31);
    var stranger = SeededPki.root(Plan.authority("Vector Stranger", 30));
    endorsement(
        "k03a-ek-of-other-maker",
        "of a maker that is not trusted",
        SeededPki.issue(stranger, plan));
    endorsement(
        "k03b-ek-is-authority",
        "that may issue certificates",
        SeededPki.issue(
            keys.makers, plan.with(Extension.basicConstraints, true, new BasicConstraints(true))));
    endorsement(
        "k03c-ek-other-purpose",
        "for another purpose",
        SeededPki.issue(keys.makers, plan.purposes(Role.ATTESTATION_KEY)));
    all.attack(
        "k03d-ek-not-enrolled",
        "the certificate of another TPM of the same maker",
        e -> e.ekCertificate = SeededPki.issue(keys.makers, plan),
        "ek-certificate");
  }

  /** The enrolment authority, too, took this certificate. */
  private void endorsement(String id, String comment, Identity ek)
      throws IOException, FormatException {
    all.attack(
        id,
        "an endorsement key's certificate " + comment,
        e -> {
          e.ekCertificate = ek;
          e.recordEdit = r -> withEk(r, Certificates.fingerprint(ek.certificate()));
        },
        "ek-certificate");
  }

  private static EnrolmentRecord withEk(EnrolmentRecord old, Digest certificate) {
    return new EnrolmentRecord(
        old.schema(),
        old.device(),
        old.enrolled(),
        old.tpm(),
        new EnrolmentRecord.Key(certificate, old.ek().name()),
        old.ak(),
        old.identity(),
        old.firmware(),
        old.replaces());
  }

  private void certificates() throws IOException, FormatException {
    var ak = all.device.ak;
    var plan = keys.akPlan(ak);
    chain(
        "k06-certificate-of-other-key",
        "of another key",
        SeededPki.issue(keys.devices, keys.akPlan(SoftKeys.ak("other"))),
        "ak-public");
    chain(
        "k08a-certificate-without-role",
        "without tcg-kp-AIKCertificate",
        SeededPki.issue(keys.devices, plan.purposes(Role.DEVICE)),
        "ak-certificate");
    chain(
        "k08b-certificate-is-authority",
        "that may issue certificates",
        SeededPki.issue(
            keys.devices, plan.with(Extension.basicConstraints, true, new BasicConstraints(true))),
        "ak-certificate");
    chain(
        "k08c-certificate-of-other-authority",
        "of the makers' authority",
        SeededPki.issue(keys.makers, plan),
        "ak-certificate");
    chain(
        "q20b-certificate-of-other-device",
        "of another device",
        SeededPki.issue(keys.devices, plan.with(SoftKeys.names(SoftKeys.OTHER.urn()))),
        "ak-device");
    chain(
        "k08d-certificate-of-no-device",
        "of no device",
        SeededPki.issue(keys.devices, plan.without(Extension.subjectAlternativeName)),
        "ak-device");
  }

  private void chain(String id, String comment, Identity certificate, String check)
      throws IOException, FormatException {
    all.attack(
        id,
        "the attestation key's certificate is one " + comment,
        e -> {
          e.akChain = SoftKeys.chain(certificate);
          e.recordedAkCertificate = Certificates.fingerprint(certificate.certificate());
        },
        check);
  }

  private void revocations() throws IOException {
    list("k05a-ak-revoked", "the key's certificate is revoked", "crl", keys.devices, 8, "ak-cert");
    list("k05b-ek-revoked", "the TPM is revoked", "maker-crl", keys.makers, 7, "ek-cert");
    list(
        "k05c-recorder-revoked",
        "the signer of the record is revoked",
        "enrolment-crl",
        keys.enrolment,
        5,
        "enrolment-record");
    all.maker.reject(
        all.good,
        "k05d-list-stale",
        "the devices' list ran out a month ago",
        "crl",
        AttackVectors.crl(keys.devices, SoftEvidence.AT.minus(Duration.ofDays(30))),
        "ak-certificate");
    all.maker.without(
        all.good, "k05e-list-missing", "no list of the devices", "crl", "ak-certificate");
  }

  private void list(
      String id, String comment, String role, Identity issuer, int serial, String check)
      throws IOException {
    Bytes list = AttackVectors.crl(issuer, SoftEvidence.AT, BigInteger.valueOf(serial));
    all.maker.reject(all.good, id, comment, role, list, check);
  }

  private void devices() throws IOException {
    all.maker.reject(
        all.good,
        "k09-other-tpm",
        "another endorsement key was accepted of this device",
        "state",
        SoftEvidence.state(4000, 3, 0, Digest.zero(HashAlgorithm.SHA256)),
        "device-tpm");
    DeviceId device = SoftKeys.DEVICE;
    all.otherPolicy(
        "k05f-device-forbidden",
        "the policy forbids the device",
        "forbid: {devices: [" + SoftKeys.OTHER,
        "forbid: {devices: [" + device,
        "device-allowed");
  }

  /** Without a certificate of ours: the maker's certificate and the record stand for the key. */
  private void recordAlone() throws IOException, FormatException {
    var alone = all.device.with(e -> e.akChain = List.of());
    var good =
        all.maker.accept(
            all.good,
            "good-record-alone",
            "the key has no certificate: record and endorsement key vouch for it",
            "evidence",
            alone.evidence());
    all.maker.without(
        good,
        "k08e-no-certificate",
        "no certificate, and no TPM makers are trusted",
        "maker-root",
        "ak-certificate");
    all.maker.reject(
        good,
        "k02h-record-alone-of-other-key",
        "no certificate, and the record names another key",
        "evidence",
        alone.with(e -> e.recordedAk = SoftKeys.ak("another").area().name()).evidence(),
        "ak-enrolled");
  }

  private void releases() throws IOException, FormatException {
    all.maker.context(
        all.good,
        "p08-release-over",
        "the release ran out",
        "at",
        SoftEvidence.AT.plus(Duration.ofDays(11)).toString(),
        "release-validity");
    all.maker.reject(
        all.good,
        "p09-release-predicts-less",
        "the release predicts no PCR 9",
        "release",
        all.device.release("direct-uki", 4, 7, 11),
        "release-boot");
  }
}
