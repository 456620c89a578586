// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.evidence.DeviceId;
import dev.trustme.tpm.TpmtPublic;

/**
 * An attestation key that was shown to live in the TPM of a verified endorsement key; only {@link
 * PendingEnrolment} makes one.
 */
public final class ActivatedKey {
  private final EnrolmentRequest request;
  private final TpmtPublic key;
  private final TpmMaker tpm;

  ActivatedKey(EnrolmentRequest request, TpmtPublic key, TpmMaker tpm) {
    this.request = request;
    this.key = key;
    this.tpm = tpm;
  }

  public DeviceId device() {
    return request.device();
  }

  EnrolmentRequest request() {
    return request;
  }

  TpmtPublic key() {
    return key;
  }

  TpmMaker tpm() {
    return tpm;
  }
}
