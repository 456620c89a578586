// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.FormatException;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ReleaseVerifier;
import dev.trustme.release.UntrustedRelease;
import dev.trustme.release.VerifiedRelease;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A signed release that devices are held against, read once. Whether its signatures count depends
 * on the moment alone, so that the answer for the last moment that was asked of is kept.
 */
final class OfferedRelease {
  private final UntrustedRelease release;
  private final Policy policy;
  private final TrustAnchors anchors;
  private volatile @Nullable Answer last;

  private record Answer(Instant at, Verdict<VerifiedRelease> verdict) {}

  private OfferedRelease(UntrustedRelease release, Policy policy, TrustAnchors anchors) {
    this.release = release;
    this.policy = policy;
    this.anchors = anchors;
  }

  /** Reads every part of the envelope, so that no later judgement meets one that is malformed. */
  static OfferedRelease read(DsseEnvelope envelope, Policy policy, TrustAnchors anchors)
      throws FormatException {
    try {
      var offered = new OfferedRelease(UntrustedRelease.read(envelope), policy, anchors);
      offered.last = new Answer(Instant.EPOCH, offered.verified(Instant.EPOCH));
      return offered;
    } catch (FormatException e) {
      throw e.in("release manifest");
    }
  }

  DsseEnvelope envelope() {
    return release.envelope();
  }

  /** What it says, whoever signed it: to find the likeliest release, and never to trust one. */
  ReleaseManifest untrusted() {
    return release.manifest();
  }

  Verdict<VerifiedRelease> verdict(Instant at) {
    var known = last;
    if (known == null || !known.at().equals(at)) {
      known = new Answer(at, readBefore(at));
      last = known;
    }
    return known.verdict();
  }

  private Verdict<VerifiedRelease> readBefore(Instant at) {
    try {
      return verified(at);
    } catch (FormatException e) {
      throw new IllegalStateException("a release that was read before", e);
    }
  }

  private Verdict<VerifiedRelease> verified(Instant at) throws FormatException {
    return new ReleaseVerifier(anchors.releases(), policy.trust().releases().threshold(), at)
        .verify(release);
  }
}
