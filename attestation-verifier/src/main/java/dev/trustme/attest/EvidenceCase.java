// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.Evidence;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One device's evidence and everything it is judged by.
 *
 * @param enrolment the device's signed enrolment record, from whoever keeps it; where it is absent,
 *     that of the evidence counts
 * @param manifests signed manifests of customers' containers (DSSE)
 * @param nonce what the nonce store said when the nonce was used up
 * @param last what was last accepted of this device
 * @param at the moment of the judgement
 */
public record EvidenceCase(
    Evidence evidence,
    DsseEnvelope release,
    Optional<DsseEnvelope> enrolment,
    List<Bytes> manifests,
    NonceAnswer nonce,
    Optional<DeviceState> last,
    Instant at) {
  public EvidenceCase {
    manifests = List.copyOf(manifests);
  }
}
