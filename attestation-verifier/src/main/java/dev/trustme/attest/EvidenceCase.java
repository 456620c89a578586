// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.evidence.Evidence;
import java.time.Instant;
import java.util.Optional;

/**
 * One device's evidence and everything it is judged by.
 *
 * @param enrolment the device's signed enrolment record, from whoever keeps it; where it is absent,
 *     that of the evidence counts
 * @param nonce what the nonce store said when the nonce was used up
 * @param last what was last accepted of this device
 * @param at the moment of the judgement
 */
public record EvidenceCase(
    Evidence evidence,
    DsseEnvelope release,
    Optional<DsseEnvelope> enrolment,
    NonceAnswer nonce,
    Optional<DeviceState> last,
    Instant at) {}
