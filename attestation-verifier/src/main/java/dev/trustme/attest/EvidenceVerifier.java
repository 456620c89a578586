// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ReleaseVerifier;
import dev.trustme.release.VerifiedRelease;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * The whole judgement: release, attestation key, nonce, quote, log, predictions. A pure function of
 * the case and the policy; every check runs, and what cannot be checked because something before it
 * failed is a failure too. A structure that cannot be read is a FormatException: malformed evidence
 * is never accepted.
 */
public final class EvidenceVerifier {
  private final Policy policy;
  private final TrustAnchors anchors;

  public EvidenceVerifier(Policy policy, TrustAnchors anchors) {
    this.policy = policy;
    this.anchors = anchors;
  }

  public Verdict<VerifiedDevice> verify(EvidenceCase given) throws FormatException {
    var evidence = given.evidence();
    var selection = policy.require().pcrs().selection();
    SortedMap<Integer, Digest> claimed = evidence.claimed(selection.hash());
    List<Check> checks = new ArrayList<>();

    var release = release(given);
    checks.addAll(releaseChecks(release, given.at()));
    var key = new AttestationKeyVerifier(anchors.devices(), given.at()).verify(evidence);
    checks.addAll(key.checks());
    checks.addAll(nonceChecks(given));
    var quote =
        new QuoteVerifier(
                new QuoteVerifier.Demand(
                    evidence.nonce(),
                    selection,
                    policy.require().freshness().clock(),
                    given.last()))
            .verify(evidence.quote(), value(key).map(AttestationKey::key), claimed);
    checks.addAll(quote.checks());
    ReplayedLog log = replay(evidence.logs().tcg());
    checks.addAll(new LogAppraisal(log, selection).checks(claimed));
    checks.addAll(new PredictionAppraisal(log, claimed).checks(predictions(value(release))));
    return Verdict.of(
        checks, () -> accepted(given, value(release).orElseThrow(), value(quote).orElseThrow()));
  }

  private static VerifiedDevice accepted(
      EvidenceCase given, VerifiedRelease release, VerifiedQuote quote) {
    var device = given.evidence().device();
    var state =
        DeviceState.of(device, quote.clockInfo(), release.manifest().sequence(), given.at());
    return new VerifiedDevice(device, release, quote, state);
  }

  private static <T> Optional<T> value(Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<T> accepted -> Optional.of(accepted.value());
      case Verdict.Rejected<T> rejected -> Optional.empty();
    };
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

  private List<Check> nonceChecks(EvidenceCase given) {
    Optional<Challenge> challenge =
        switch (given.nonce()) {
          case NonceAnswer.Consumed consumed -> Optional.of(consumed.challenge());
          case NonceAnswer.AlreadyUsed used -> Optional.of(used.challenge());
          case NonceAnswer.Unknown unknown -> Optional.empty();
        };
    String nonce = given.evidence().nonce().hex();
    var device = given.evidence().device();
    return List.of(
        EvidenceCheck.NONCE_KNOWN.of(challenge.isPresent(), "a nonce given out here", nonce),
        EvidenceCheck.NONCE_UNUSED.of(
            given.nonce() instanceof NonceAnswer.Consumed,
            "a nonce that was not answered yet",
            use(given.nonce())),
        EvidenceCheck.NONCE_DEVICE.of(
            challenge.map(c -> c.device().equals(device)).orElse(false),
            device.uuid(),
            challenge.map(c -> c.device().uuid()).orElse("unknown")),
        fresh(challenge, given.at()));
  }

  private static String use(NonceAnswer answer) {
    return switch (answer) {
      case NonceAnswer.Consumed consumed -> "the first answer";
      case NonceAnswer.AlreadyUsed used -> "answered before";
      case NonceAnswer.Unknown unknown -> "unknown";
    };
  }

  private Check fresh(Optional<Challenge> challenge, Instant at) {
    var maxAge = policy.require().freshness().maxAge();
    boolean inTime =
        challenge
            .map(c ->
                !at.isBefore(c.created())
                    && !at.isAfter(c.expires())
                    && !at.isAfter(c.created().plus(maxAge.duration())))
            .orElse(false);
    return EvidenceCheck.NONCE_FRESH.of(
        inTime,
        "an answer within " + maxAge,
        challenge
            .map(c -> "challenge of %s, counting until %s".formatted(c.created(), c.expires()))
            .orElse("unknown"));
  }
}
