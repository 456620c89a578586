// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.evidence.Evidence;
import java.time.Instant;
import java.util.Optional;

/**
 * What a verifier knows of the device that shows evidence: the state of a judgement.
 *
 * @param nonce what the store of challenges said when the nonce was used up
 * @param last what was last accepted of the device
 * @param enrolment its signed enrolment record, from whoever keeps it; where it is absent, that of
 *     the evidence counts
 */
public record KnownDevice(
    NonceAnswer nonce, Optional<DeviceState> last, Optional<DsseEnvelope> enrolment) {

  /**
   * Nothing is known of the device, and its evidence is taken for an answer to a challenge of this
   * moment: for recorded evidence. A verdict then proves nothing of freshness.
   */
  public static KnownDevice recorded(Evidence evidence, Instant at) {
    var challenge = new Challenge(Challenge.SCHEMA, evidence.device(), evidence.nonce(), at, at);
    return new KnownDevice(new NonceAnswer.Consumed(challenge), Optional.empty(), Optional.empty());
  }

  /** The same with a record that is kept elsewhere. */
  public KnownDevice with(Optional<DsseEnvelope> record) {
    return new KnownDevice(nonce, last, record);
  }
}
