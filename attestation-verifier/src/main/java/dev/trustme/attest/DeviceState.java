// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmsClockInfo;
import java.time.Instant;

/**
 * What was last accepted of a device: schema {@code trustme/device-state/1}. Later evidence must
 * come after it.
 *
 * @param clock milliseconds, unsigned, as the TPM counts
 */
public record DeviceState(
    String schema,
    DeviceId device,
    long resetCount,
    long restartCount,
    long clock,
    long releaseSequence,
    Instant accepted) {
  public static final String SCHEMA = "trustme/device-state/1";

  public DeviceState {
    if (!SCHEMA.equals(schema)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA);
    }
  }

  static DeviceState of(DeviceId device, TpmsClockInfo info, long releaseSequence, Instant at) {
    return new DeviceState(
        SCHEMA, device, info.resetCount(), info.restartCount(), info.clock(), releaseSequence, at);
  }

  static DeviceState parse(Bytes json) throws FormatException {
    return Json.read(json, DeviceState.class, "device state");
  }

  /** Whether the counters come after these: by resets, then restarts, then milliseconds. */
  boolean before(TpmsClockInfo later) {
    if (later.resetCount() != resetCount) {
      return later.resetCount() > resetCount;
    }
    if (later.restartCount() != restartCount) {
      return later.restartCount() > restartCount;
    }
    return Long.compareUnsigned(later.clock(), clock) > 0;
  }

  /** The counters in words. */
  String counters() {
    return describe(resetCount, restartCount, clock);
  }

  static String describe(long resetCount, long restartCount, long clock) {
    return "reset %d, restart %d, clock %s ms"
        .formatted(resetCount, restartCount, Long.toUnsignedString(clock));
  }
}
