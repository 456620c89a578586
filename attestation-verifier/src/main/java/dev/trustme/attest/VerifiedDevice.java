// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.evidence.DeviceId;
import dev.trustme.release.VerifiedRelease;

/** A device whose evidence was accepted; only {@link EvidenceVerifier} makes one. */
public final class VerifiedDevice {
  private final DeviceId device;
  private final VerifiedRelease release;
  private final VerifiedQuote quote;
  private final DeviceState state;

  VerifiedDevice(DeviceId device, VerifiedRelease release, VerifiedQuote quote, DeviceState state) {
    this.device = device;
    this.release = release;
    this.quote = quote;
    this.state = state;
  }

  public DeviceId device() {
    return device;
  }

  public VerifiedRelease release() {
    return release;
  }

  public VerifiedQuote quote() {
    return quote;
  }

  /** What later evidence of this device must come after. */
  public DeviceState state() {
    return state;
  }
}
