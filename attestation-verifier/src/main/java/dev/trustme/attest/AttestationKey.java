// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.evidence.DeviceId;
import dev.trustme.tpm.TpmtPublic;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * A device's attestation key, which a validated certificate holds or a signed enrolment record
 * names; only {@link AttestationKeyVerifier} makes one.
 */
public final class AttestationKey {
  private final AsymmetricKeyParameter key;
  private final TpmtPublic area;
  private final DeviceId device;

  AttestationKey(AsymmetricKeyParameter key, TpmtPublic area, DeviceId device) {
    this.key = key;
    this.area = area;
    this.device = device;
  }

  public DeviceId device() {
    return device;
  }

  /** Its public area; without an enrolment record only the key in it is vouched for. */
  TpmtPublic area() {
    return area;
  }

  AsymmetricKeyParameter key() {
    return key;
  }
}
