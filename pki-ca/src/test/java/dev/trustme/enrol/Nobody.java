// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Digest;
import dev.trustme.evidence.DeviceId;
import java.util.List;
import java.util.Optional;

/** A register without devices. */
final class Nobody implements KnownDevices {
  static final KnownDevices KNOWN = new Nobody();

  @Override
  public Optional<RegisteredDevice> find(DeviceId device) {
    return Optional.empty();
  }

  @Override
  public List<DeviceId> withEndorsementKey(Digest ek) {
    return List.of();
  }
}
