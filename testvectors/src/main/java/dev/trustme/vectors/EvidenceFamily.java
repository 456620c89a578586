// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Challenge;
import dev.trustme.attest.EvidenceCase;
import dev.trustme.attest.EvidenceVerifier;
import dev.trustme.attest.NonceAnswer;
import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The whole judgement of a device. Files evidence, release, policy, and the roots release-root and
 * device-root, which stand for those that the policy names; context at, and the challenge that was
 * given out: nonce, nonce-device, nonce-created, nonce-expires, and nonce-used, true or false.
 */
final class EvidenceFamily {
  private EvidenceFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var policy = Policy.parse(input.file("policy"));
    var anchors =
        new TrustAnchors(
            TrustStore.load(List.of(input.path("release-root"))),
            TrustStore.load(List.of(input.path("device-root"))));
    var evidence = Evidence.parse(input.file("evidence"));
    var release = DsseEnvelope.parse(input.file("release"));
    var given =
        new EvidenceCase(
            evidence, release, answer(input, evidence.nonce()), Optional.empty(), input.at());
    return Outcome.of(new EvidenceVerifier(policy, anchors).verify(given));
  }

  private static NonceAnswer answer(VectorInput input, Nonce answered) {
    var challenge =
        new Challenge(
            Challenge.SCHEMA,
            new DeviceId(input.context("nonce-device")),
            Nonce.fromHex(input.context("nonce")),
            Instant.parse(input.context("nonce-created")),
            Instant.parse(input.context("nonce-expires")));
    if (!challenge.nonce().equals(answered)) {
      return new NonceAnswer.Unknown();
    }
    return Boolean.parseBoolean(input.context("nonce-used"))
        ? new NonceAnswer.AlreadyUsed(challenge)
        : new NonceAnswer.Consumed(challenge);
  }
}
