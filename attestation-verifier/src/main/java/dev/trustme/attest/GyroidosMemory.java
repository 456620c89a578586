// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import java.util.Optional;

/** Whether a verifier keeps what it accepted of GyroidOS devices, and what that was. */
public sealed interface GyroidosMemory {
  /** Nothing is kept, so an answer may be older than the last one. */
  record None() implements GyroidosMemory {}

  /**
   * The last answer of each device's key is kept.
   *
   * @param last of this device; empty before its first answer
   */
  record Kept(Optional<DeviceState> last) implements GyroidosMemory {}
}
