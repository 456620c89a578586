// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.evidence.DeviceId;
import dev.trustme.tpm.TpmtPublic;

/**
 * A device whose attestation key was shown to live in the TPM of a verified endorsement key; only
 * {@link PendingEnrolment} makes one.
 */
public final class ActivatedDevice {
  private final ClaimedKeys keys;
  private final PendingEnrolment pending;

  ActivatedDevice(ClaimedKeys keys, PendingEnrolment pending) {
    this.keys = keys;
    this.pending = pending;
  }

  public DeviceId device() {
    return pending.device();
  }

  /** The key that quotes. */
  public TpmtPublic attestationKey() {
    return keys.ak();
  }

  /** The key that the device proves its name with. */
  public TpmtPublic identityKey() {
    return keys.identity();
  }

  ClaimedKeys keys() {
    return keys;
  }

  PendingEnrolment pending() {
    return pending;
  }
}
