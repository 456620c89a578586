// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Who signed a release manifest: at least as many distinct keys as the threshold asks. The payload
 * counts only after its signatures hold; whether the release is wanted (name, sequence) is for the
 * policy to say.
 */
public final class ReleaseVerifier {
  private final DsseVerifier envelopes;
  private final Instant at;

  public ReleaseVerifier(TrustStore store, int threshold, Instant at) {
    this.at = at;
    envelopes = new DsseVerifier(store, Role.RELEASE, threshold, at);
  }

  public Verdict<VerifiedRelease> verify(DsseEnvelope envelope) throws FormatException {
    return switch (envelopes.verify(envelope, DsseEnvelope.RELEASE)) {
      case Verdict.Rejected<SignedPayload> rejected -> rejected.as();
      case Verdict.Accepted<SignedPayload> accepted ->
          signed(accepted, ReleaseManifest.parse(accepted.value().payload()));
    };
  }

  /** The same of an envelope whose payload was read before, and is trusted from here on only. */
  public Verdict<VerifiedRelease> verify(UntrustedRelease release) throws FormatException {
    return switch (envelopes.verify(release.envelope(), DsseEnvelope.RELEASE)) {
      case Verdict.Rejected<SignedPayload> rejected -> rejected.as();
      case Verdict.Accepted<SignedPayload> accepted -> signed(accepted, release.manifest());
    };
  }

  private static Verdict<VerifiedRelease> signed(
      Verdict.Accepted<SignedPayload> accepted, ReleaseManifest manifest) {
    return Verdict.of(
        accepted.checks(), () -> new VerifiedRelease(manifest, accepted.value().signers()));
  }

  /** The same, and it was made before now and has not run out. */
  public Verdict<VerifiedRelease> verifyCurrent(DsseEnvelope envelope) throws FormatException {
    return switch (verify(envelope)) {
      case Verdict.Rejected<VerifiedRelease> rejected -> rejected;
      case Verdict.Accepted<VerifiedRelease> accepted -> {
        var manifest = accepted.value().manifest();
        List<Check> checks = new ArrayList<>(accepted.checks());
        checks.add(
            manifest.validAt(at)
                ? Check.pass("release-validity", at.toString())
                : Check.fail(
                    "release-validity",
                    "%s to %s".formatted(manifest.created(), manifest.notAfter()),
                    at.toString()));
        yield Verdict.of(checks, accepted::value);
      }
    };
  }
}
