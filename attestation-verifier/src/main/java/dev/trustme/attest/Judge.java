// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.Evidence;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.VerifiedRelease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges devices, as many as there are: policy, trust anchors and releases are read once, then
 * {@link #judge} is a pure function of evidence, what is known of the device, and the time. It
 * keeps nothing of a device, reads no clock, file or network, and may be called by any number of
 * threads; so it can be a step of a batch or stream engine. Using a challenge up before the
 * judgement, and keeping {@link VerifiedDevice#state()} after an accepted one, is the caller's
 * part: {@link NonceStore} and {@link DeviceStates} do it in files.
 *
 * <p>Where several releases are offered, the device is held against one of them as a whole, with
 * every check: never a part against one release and a part against another. Only releases that the
 * policy's rule admits count, and nothing in the evidence chooses: the quoted values are those of a
 * release, or of none. Of releases that boot to the same values, the newest that accepts the device
 * counts. Evidence that fits none is held against the release that it is nearest to, so that the
 * verdict names what differs.
 */
public final class Judge {
  private final Policy policy;
  private final EvidenceVerifier verifier;
  private final List<OfferedRelease> releases;
  private final List<Bytes> manifests;

  private Judge(
      Policy policy, TrustAnchors anchors, List<OfferedRelease> releases, List<Bytes> manifests) {
    this.policy = policy;
    this.verifier = new EvidenceVerifier(policy, anchors);
    this.releases = releases;
    this.manifests = List.copyOf(manifests);
  }

  /**
   * A judge by these releases.
   *
   * @param releases signed manifests, in any order; no two with the same name and sequence
   * @param manifests signed manifests of customers' containers (DSSE)
   * @throws FormatException where a release or a manifest cannot be read; whether it is trusted,
   *     every judgement says for its own moment
   * @throws IllegalArgumentException without a release, or with two of one name and sequence
   */
  public static Judge of(
      Policy policy, TrustAnchors anchors, List<DsseEnvelope> releases, List<Bytes> manifests)
      throws FormatException {
    List<OfferedRelease> offered = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (DsseEnvelope release : releases) {
      var each = OfferedRelease.read(release, policy, anchors);
      var manifest = each.untrusted();
      if (!names.add(manifest.name() + " " + manifest.sequence())) {
        throw new IllegalArgumentException(
            "two releases are %s %d".formatted(manifest.name(), manifest.sequence()));
      }
      offered.add(each);
    }
    if (offered.isEmpty()) {
      throw new IllegalArgumentException("no release to hold devices against");
    }
    for (Bytes manifest : manifests) {
      DsseEnvelope.parse(manifest);
    }
    offered.sort(Comparator.comparingLong(o -> -o.untrusted().sequence()));
    return new Judge(policy, anchors, List.copyOf(offered), manifests);
  }

  /** Judges evidence as it was received, of a device that nothing is kept of. */
  public Judgement judgeRecorded(Bytes evidence, Instant at) {
    try {
      var parsed = Evidence.parse(evidence);
      return judge(parsed, KnownDevice.recorded(parsed, at), at);
    } catch (FormatException e) {
      return new Judgement.Malformed(e);
    }
  }

  /**
   * Judges evidence by what is known of its device.
   *
   * @param at the moment of the judgement, which certificates and releases have to be valid at
   */
  public Judgement judge(Evidence evidence, KnownDevice known, Instant at) {
    try {
      Optional<Judgement.Judged> first = Optional.empty();
      for (OfferedRelease release : candidates(evidence, at)) {
        var judged = judged(evidence, known, release, at);
        if (judged.accepted()) {
          return judged;
        }
        first = first.or(() -> Optional.of(judged));
      }
      return first.orElseThrow();
    } catch (FormatException e) {
      return new Judgement.Malformed(e);
    }
  }

  private Judgement.Judged judged(
      Evidence evidence, KnownDevice known, OfferedRelease release, Instant at)
      throws FormatException {
    var given =
        new EvidenceCase(
            evidence,
            release.envelope(),
            known.enrolment(),
            manifests,
            known.nonce(),
            known.last(),
            at);
    var trusted = release.verdict(at);
    return new Judgement.Judged(
        verifier.verify(given, trusted),
        EvidenceVerifier.value(trusted).map(VerifiedRelease::manifest));
  }

  /**
   * The releases to hold the evidence against, one at least: of those that the policy admits, each
   * whose predicted values are the claimed ones, the newest first; else the nearest alone, as
   * {@link PredictionAppraisal} accepts no other value.
   */
  private List<OfferedRelease> candidates(Evidence evidence, Instant at) {
    if (releases.size() == 1) {
      return releases;
    }
    var admitted = releases.stream().filter(r -> admits(r, at)).toList();
    if (admitted.isEmpty()) {
      return releases.subList(0, 1);
    }
    var claimed = evidence.claimed(policy.require().pcrs().bank());
    var same =
        admitted.stream()
            .filter(r -> agreeing(r, claimed) == Policy.PREDICTED_PCRS.size())
            .toList();
    return same.isEmpty()
        ? admitted.stream()
            .max(
                Comparator.<OfferedRelease>comparingLong(r -> agreeing(r, claimed))
                    .thenComparingLong(r -> r.untrusted().sequence()))
            .stream()
            .toList()
        : same;
  }

  private boolean admits(OfferedRelease release, Instant at) {
    var rule = policy.require().release();
    return EvidenceVerifier.value(release.verdict(at))
        .map(VerifiedRelease::manifest)
        .filter(m ->
            m.validAt(at) && m.name().equals(rule.name()) && m.sequence() >= rule.minSequence())
        .isPresent();
  }

  /** How many predicted PCRs have the value that the release predicts. */
  private long agreeing(OfferedRelease release, Map<Integer, Digest> claimed) {
    var boot = policy.require().boot();
    return release.untrusted().measurements(boot.path(), boot.phase()).stream()
        .filter(m -> m.bank() == policy.require().pcrs().bank())
        .filter(m -> Policy.PREDICTED_PCRS.contains(m.pcr()))
        .filter(m -> m.value().equals(claimed.get(m.pcr())))
        .map(Measurement::pcr)
        .distinct()
        .count();
  }

  /** The releases that the policy admits at this moment, the newest first; none accepts nobody. */
  public List<ReleaseManifest> admitted(Instant at) {
    return releases.stream().filter(r -> admits(r, at)).map(OfferedRelease::untrusted).toList();
  }

  /** The releases that were offered, the newest first, whether they are trusted or not. */
  public List<ReleaseManifest> offered() {
    return releases.stream().map(OfferedRelease::untrusted).toList();
  }
}
