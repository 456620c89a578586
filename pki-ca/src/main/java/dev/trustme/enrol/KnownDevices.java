// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The devices that are enrolled already, by what must be theirs alone. */
public interface KnownDevices {
  Optional<RegisteredDevice> find(DeviceId device) throws IOException, FormatException;

  /** Devices that were ever enrolled with the endorsement key of this SHA-256. */
  List<DeviceId> withEndorsementKey(Digest ek) throws IOException, FormatException;
}
