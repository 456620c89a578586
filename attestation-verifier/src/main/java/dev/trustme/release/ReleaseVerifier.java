// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.time.Instant;

/**
 * Who signed a release manifest. The payload is read only after its signatures hold; whether the
 * release is wanted (name, age, sequence) is for the policy to say.
 */
public final class ReleaseVerifier {
  private final DsseVerifier envelopes;

  public ReleaseVerifier(TrustStore store, int threshold, Instant at) {
    envelopes = new DsseVerifier(store, Role.RELEASE, threshold, at);
  }

  public Verdict<VerifiedRelease> verify(DsseEnvelope envelope) throws FormatException {
    return switch (envelopes.verify(envelope, DsseEnvelope.RELEASE)) {
      case Verdict.Rejected<SignedPayload> rejected -> rejected.as();
      case Verdict.Accepted<SignedPayload> accepted -> {
        var manifest = ReleaseManifest.parse(accepted.value().payload());
        yield Verdict.of(
            accepted.checks(), () -> new VerifiedRelease(manifest, accepted.value().signers()));
      }
    };
  }
}
