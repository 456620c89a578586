// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.evidence.DeviceId;
import java.util.Optional;

/**
 * What the enrolment authority allows beyond the rules, each by its own name.
 *
 * @param replace the device of the request is enrolled, and its enrolment shall be replaced
 * @param alsoOf its endorsement key may be the one of this device
 * @param withoutFirmware it need not show what its firmware measured
 */
public record Exceptions(boolean replace, Optional<DeviceId> alsoOf, boolean withoutFirmware) {
  public static final Exceptions NONE = new Exceptions(false, Optional.empty(), false);
}
