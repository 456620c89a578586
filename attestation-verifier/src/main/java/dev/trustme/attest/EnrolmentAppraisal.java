// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.Evidence;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The enrolment record: who signed it, for whom, and whose TPM it was made with. A policy that
 * names no enrolment authority believes no record, and nothing of this class.
 */
final class EnrolmentAppraisal {
  private static final String NO_AUTHORITY = "the policy names no enrolment authority";

  private final TrustAnchors anchors;
  private final EvidenceCase given;
  private final Instant at;
  private final Set<CertificateQuirk> quirks;
  private final List<Check> checks = new ArrayList<>();
  private Optional<EnrolmentRecord> record = Optional.empty();

  private EnrolmentAppraisal(
      TrustAnchors anchors, EvidenceCase given, Set<CertificateQuirk> quirks) {
    this.anchors = anchors;
    this.given = given;
    this.at = given.at();
    this.quirks = quirks;
  }

  static EnrolmentAppraisal of(
      TrustAnchors anchors, EvidenceCase given, Set<CertificateQuirk> quirks)
      throws FormatException {
    var appraisal = new EnrolmentAppraisal(anchors, given, quirks);
    appraisal.record();
    appraisal.device();
    appraisal.endorsement();
    appraisal.sameTpm();
    return appraisal;
  }

  List<Check> checks() {
    return checks;
  }

  /** The record, if its signature holds and it is this device's. */
  Optional<EnrolmentRecord> trusted() {
    return checks.stream().limit(2).anyMatch(Check::failed) ? Optional.empty() : record;
  }

  /** Whether the endorsement key's certificate was asked for and holds. */
  boolean endorsed() {
    return anchors.makers().isPresent()
        && trusted().isPresent()
        && checks.stream()
            .noneMatch(c -> c.failed() && c.id().equals(EvidenceCheck.EK_CERTIFICATE.id()));
  }

  private void record() throws FormatException {
    if (anchors.enrolment().isEmpty()) {
      checks.add(Check.notApplicable(EvidenceCheck.ENROLMENT_RECORD.id(), NO_AUTHORITY));
      return;
    }
    var envelope = envelope();
    if (envelope.isEmpty()) {
      checks.add(EvidenceCheck.ENROLMENT_RECORD.fail("an enrolment record", "none"));
      return;
    }
    var policy = PathPolicy.of(Role.ENROLMENT).with(anchors.revocation());
    var signed =
        new DsseVerifier(anchors.enrolment().get(), policy, 1, at)
            .verify(envelope.get(), DsseEnvelope.ENROLMENT);
    if (signed.accepted()) {
      record = Optional.of(EnrolmentRecord.parse(envelope.get().payload()));
    }
    checks.add(
        EvidenceCheck.ENROLMENT_RECORD.of(
            signed, record.map(r -> "enrolled " + r.enrolled()).orElse("none")));
  }

  private Optional<DsseEnvelope> envelope() throws FormatException {
    var shown = given.evidence().enrolment().map(Evidence.Enrolment::record);
    return given.enrolment().isPresent() || shown.isEmpty()
        ? given.enrolment()
        : Optional.of(DsseEnvelope.parse(shown.get()));
  }

  private void device() {
    var check = EvidenceCheck.ENROLMENT_DEVICE;
    if (anchors.enrolment().isEmpty()) {
      checks.add(Check.notApplicable(check.id(), NO_AUTHORITY));
      return;
    }
    var device = given.evidence().device();
    checks.add(
        check.of(
            record.filter(r -> r.device().equals(device) && !r.enrolled().isAfter(at)).isPresent(),
            "%s, enrolled before %s".formatted(device, at),
            record
                .map(r -> "%s, enrolled %s".formatted(r.device(), r.enrolled()))
                .orElse("no trusted record")));
  }

  /** TCG EK Credential Profile 2.5, 3.2: the path is that of a TPM maker. */
  private void endorsement() throws FormatException {
    var check = EvidenceCheck.EK_CERTIFICATE;
    if (anchors.makers().isEmpty()) {
      checks.add(Check.notApplicable(check.id(), "the policy names no TPM makers"));
      return;
    }
    List<X509CertificateHolder> chain = new ArrayList<>();
    for (Bytes der :
        given.evidence().enrolment().map(Evidence.Enrolment::ekChain).orElse(List.of())) {
      chain.add(endorsement(der));
    }
    if (chain.isEmpty()) {
      checks.add(check.fail("the endorsement key's certificate", "none"));
      return;
    }
    var leaf = chain.getFirst();
    var named = record.map(r -> r.ek().certificate());
    if (!named.equals(Optional.of(Certificates.fingerprint(leaf)))) {
      checks.add(
          check.fail(
              named.map(d -> "the certificate " + d).orElse("a trusted record that names it"),
              Certificates.fingerprint(leaf).toString()));
      return;
    }
    Verdict<TrustedSigner> path =
        new PathValidator(anchors.makers().get(), at)
            .validate(chain, PathPolicy.of(Role.ENDORSEMENT_KEY).with(anchors.revocation()));
    checks.add(check.of(path, Certificates.fingerprint(leaf).toString()));
  }

  private X509CertificateHolder endorsement(Bytes stored) throws FormatException {
    Bytes der = CertificateQuirk.bare(stored, quirks);
    try {
      return Certificates.parseAsReceived(der);
    } catch (FormatException e) {
      throw new FormatException(
          "endorsement key's certificate",
          e.offset(),
          "%s: %d bytes that begin with %s"
              .formatted(e.problem(), der.size(), der.slice(0, Math.min(der.size(), 8)).hex()));
    }
  }

  /** A device is its TPM: another one under its name has to be noticed. */
  private void sameTpm() {
    var check = EvidenceCheck.DEVICE_TPM;
    var before = given.last().flatMap(DeviceState::endorsement);
    if (before.isEmpty()) {
      checks.add(
          Check.notApplicable(check.id(), "no endorsement key was accepted of this device before"));
      return;
    }
    var now = trusted().map(r -> r.ek().name());
    checks.add(
        check.of(
            now.equals(before),
            "endorsement key " + before.get(),
            now.map(d -> "endorsement key " + d).orElse("no trusted record")));
  }
}
