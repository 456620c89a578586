// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ReleaseVerifier;
import dev.trustme.release.VerifiedRelease;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathMemory;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The whole judgement: release, enrolment, attestation key, nonce, quote, log, predictions, files,
 * containers. A pure function of the case and the policy (what is remembered of files that were
 * good makes it faster and changes no answer), for any number of threads; every check runs, and
 * what cannot be checked because something before it failed is a failure too. A structure that
 * cannot be read is a FormatException: malformed evidence is never accepted.
 */
public final class EvidenceVerifier {
  private final Policy policy;
  private final TrustAnchors anchors;
  private final KnownEntries known = new KnownEntries();
  private final PathMemory memory = new PathMemory();

  public EvidenceVerifier(Policy policy, TrustAnchors anchors) {
    this.policy = policy;
    this.anchors = anchors;
  }

  public Verdict<VerifiedDevice> verify(EvidenceCase given) throws FormatException {
    return verify(given, release(given));
  }

  /** The same where the case's release was verified before, as of the same moment. */
  Verdict<VerifiedDevice> verify(EvidenceCase given, Verdict<VerifiedRelease> release)
      throws FormatException {
    var evidence = given.evidence();
    var selection = policy.require().pcrs().selection();
    SortedMap<Integer, Digest> claimed = evidence.claimed(selection.hash());
    List<Check> checks = new ArrayList<>();

    checks.addAll(releaseChecks(release, given.at()));
    var enrolment = EnrolmentAppraisal.of(anchors, given, policy.quirks());
    checks.addAll(enrolment.checks());
    checks.add(allowed(evidence.device()));
    var key = new AttestationKeyVerifier(anchors, given.at(), enrolment, memory).verify(evidence);
    checks.addAll(key.checks());
    checks.addAll(new NonceAppraisal(given, policy.require().freshness().maxAge()).checks());
    var signer = value(key).map(k -> new QuoteVerifier.Signer(k.key(), k.area().key().scheme()));
    var quote =
        new QuoteVerifier(demand(given, enrolment.trusted()), this::graded)
            .verify(evidence.quote(), signer, claimed);
    checks.addAll(quote.checks());
    checks.add(sameBoot(evidence));
    ReplayedLog log = replay(evidence.logs().tcg());
    var userspace = UserspaceAppraisal.of(policy.require(), evidence.logs().userspace(), log);
    checks.addAll(userspace.checks(claimed));
    checks.addAll(
        new LogAppraisal(log, firmwareLogged(), policy.require().secureBoot())
            .checks(userspace.firmware(claimed)));
    checks.addAll(
        new PlatformAppraisal(log, selection, policy.require()).checks(enrolment.trusted()));
    checks.addAll(
        new PredictionAppraisal(log, userspace, firmwareLogged(), claimed)
            .checks(predictions(value(release))));
    checks.addAll(
        ImaAppraisal.checks(
            ImaDemand.of(
                policy,
                anchors,
                value(release).map(VerifiedRelease::manifest),
                claimed,
                given.at()),
            evidence.logs().ima(),
            selection.hash(),
            claimed,
            known));
    checks.addAll(
        ContainerAppraisal.checks(
            policy.require(),
            evidence.logs().containers(),
            claimed,
            KnownContainers.of(policy, anchors, given, value(release))));
    return Verdict.of(
        checks.stream().map(this::graded).toList(),
        () -> accepted(given, value(release).orElseThrow(), value(quote).orElseThrow(), enrolment));
  }

  /** The PCRs whose log is the TCG log: all but those of the files and of the containers. */
  private TpmsPcrSelection firmwareLogged() {
    var selection = policy.require().pcrs().selection();
    var containers = policy.require().containers().map(ContainerRule::pcr);
    return TpmsPcrSelection.of(
        selection.hash(),
        selection.pcrs().stream()
            .filter(pcr -> pcr != ImaRule.PCR && !containers.equals(Optional.of(pcr)))
            .toList());
  }

  /** A policy may take some failures for a warning. */
  private Check graded(Check check) {
    boolean tolerated =
        check.failed() && policy.tolerate().filter(ids -> ids.contains(check.id())).isPresent();
    return tolerated
        ? new Check(
            check.id(),
            Check.Result.WARN,
            check.expected(),
            check.seen(),
            check.where(),
            check.advice())
        : check;
  }

  /** A quote over a later boot than the logs tell of is made between two resets of the TPM. */
  private Check sameBoot(Evidence evidence) throws FormatException {
    var check = EvidenceCheck.LOG_BOOT;
    if (policy.require().freshness().logs().isEmpty()) {
      return Check.notApplicable(check.id(), "the policy does not ask when the logs were read");
    }
    var quoted = TpmsAttest.parse(evidence.quote().attest()).clockInfo();
    var read = evidence.clock();
    return check.of(
        read.equals(Optional.of(new Evidence.Clock(quoted.resetCount(), quoted.restartCount()))),
        "reset %d, restart %d".formatted(quoted.resetCount(), quoted.restartCount()),
        read.map(c -> "reset %d, restart %d".formatted(c.resetCount(), c.restartCount()))
            .orElse("no clock in the evidence"));
  }

  private Check allowed(DeviceId device) {
    var check = EvidenceCheck.DEVICE_ALLOWED;
    return policy
        .forbid()
        .map(f ->
            check.of(
                !f.devices().contains(device), "a device that is not forbidden", device.uuid()))
        .orElseGet(() -> Check.notApplicable(check.id(), "the policy forbids no device"));
  }

  private QuoteVerifier.Demand demand(EvidenceCase given, Optional<EnrolmentRecord> record) {
    var require = policy.require();
    return new QuoteVerifier.Demand(
        given.evidence().nonce(),
        require.pcrs().selection(),
        require.quote().orElse(QuoteRule.ANY),
        require.freshness().clock(),
        given.last(),
        new QuoteVerifier.ExpectedTpm(
            record.map(EnrolmentRecord::akQualifiedName), floor(require, record)));
  }

  private static QuoteVerifier.Floor floor(
      Policy.Require require, Optional<EnrolmentRecord> record) {
    if (require.tpm().isEmpty()) {
      return new QuoteVerifier.Floor.None();
    }
    return require
        .tpm()
        .get()
        .floor(record.map(EnrolmentRecord::tpm))
        .<QuoteVerifier.Floor>map(QuoteVerifier.Floor.Version::new)
        .orElseGet(QuoteVerifier.Floor.Unknown::new);
  }

  private static VerifiedDevice accepted(
      EvidenceCase given,
      VerifiedRelease release,
      VerifiedQuote quote,
      EnrolmentAppraisal enrolment) {
    var device = given.evidence().device();
    var endorsement = enrolment.trusted().map(r -> r.ek().name());
    var state =
        DeviceState.of(device, quote.clockInfo(), release.manifest().sequence(), given.at())
            .with(endorsement);
    return new VerifiedDevice(device, release, quote, state);
  }

  static <T> Optional<T> value(Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<T> accepted -> Optional.of(accepted.value());
      case Verdict.Rejected<T> rejected -> Optional.empty();
    };
  }

  /** The authorities between the roots and the device, as evidence shows them: untrusted. */
  static List<X509CertificateHolder> shownAuthorities(Evidence evidence) throws FormatException {
    List<X509CertificateHolder> shown = new ArrayList<>();
    for (Bytes der : evidence.ak().certificateChain().stream().skip(1).toList()) {
      shown.add(Certificates.parseDer(der));
    }
    var endorsement = evidence.enrolment().map(Evidence.Enrolment::ekChain).orElse(List.of());
    for (Bytes der : endorsement.stream().skip(1).toList()) {
      shown.add(Certificates.parseAsReceived(der));
    }
    return shown;
  }

  private static ReplayedLog replay(Bytes log) throws FormatException {
    return Replay.replay(EventLog.parse(log));
  }

  private Verdict<VerifiedRelease> release(EvidenceCase given) throws FormatException {
    try {
      return new ReleaseVerifier(
              anchors.releases(), policy.trust().releases().threshold(), given.at())
          .verify(given.release());
    } catch (FormatException e) {
      throw e.in("release manifest");
    }
  }

  private List<Check> releaseChecks(Verdict<VerifiedRelease> verdict, Instant at) {
    var release = value(verdict);
    List<Check> checks = new ArrayList<>();
    checks.add(
        EvidenceCheck.RELEASE_SIGNATURE.of(
            verdict, release.map(r -> "trusted signers: " + r.signers().size()).orElse("none")));
    var rule = policy.require().release();
    var manifest = release.map(VerifiedRelease::manifest);
    checks.add(
        EvidenceCheck.RELEASE_VALIDITY.of(
            manifest.map(m -> m.validAt(at)).orElse(false),
            "a release valid at " + at,
            seen(manifest, m -> "%s to %s".formatted(m.created(), m.notAfter()))));
    checks.add(
        EvidenceCheck.RELEASE_NAME.of(
            manifest.map(m -> m.name().equals(rule.name())).orElse(false),
            rule.name(),
            seen(manifest, ReleaseManifest::name)));
    checks.add(
        EvidenceCheck.RELEASE_SEQUENCE.of(
            manifest.map(m -> m.sequence() >= rule.minSequence()).orElse(false),
            rule.minSequence() + " or more",
            seen(manifest, m -> String.valueOf(m.sequence()))));
    var predicted = predictions(release).stream().map(Measurement::pcr).sorted().toList();
    checks.add(
        EvidenceCheck.RELEASE_BOOT.of(
            predicted.containsAll(Policy.PREDICTED_PCRS),
            "predictions of PCR %s for %s"
                .formatted(Policy.PREDICTED_PCRS, policy.require().boot().path()),
            predicted.toString()));
    return checks;
  }

  private static String seen(
      Optional<ReleaseManifest> manifest, Function<ReleaseManifest, String> words) {
    return manifest.map(words).orElse("no trusted release");
  }

  private List<Measurement> predictions(Optional<VerifiedRelease> release) {
    var boot = policy.require().boot();
    return release.stream()
        .flatMap(r -> r.manifest().measurements(boot.path(), boot.phase()).stream())
        .filter(m -> m.bank() == policy.require().pcrs().bank())
        .toList();
  }
}
