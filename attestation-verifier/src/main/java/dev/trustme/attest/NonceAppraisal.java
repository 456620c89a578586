// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.trust.Check;
import java.util.List;
import java.util.Optional;

/** Whether the evidence answers a challenge of ours: once, in time, by the right device. */
final class NonceAppraisal {
  private final EvidenceCase given;
  private final MaxAge maxAge;

  NonceAppraisal(EvidenceCase given, MaxAge maxAge) {
    this.given = given;
    this.maxAge = maxAge;
  }

  List<Check> checks() {
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
        fresh(challenge));
  }

  private static String use(NonceAnswer answer) {
    return switch (answer) {
      case NonceAnswer.Consumed consumed -> "the first answer";
      case NonceAnswer.AlreadyUsed used -> "answered before";
      case NonceAnswer.Unknown unknown -> "unknown";
    };
  }

  private Check fresh(Optional<Challenge> challenge) {
    var at = given.at();
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
