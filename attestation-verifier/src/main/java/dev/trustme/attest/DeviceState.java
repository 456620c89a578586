// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmsClockInfo;
import java.time.Instant;
import java.util.Optional;

/**
 * What was last accepted of a device: schema {@code trustme/device-state/1}. Later evidence must
 * come after it.
 *
 * @param clock milliseconds, unsigned, as the TPM counts
 * @param endorsement digest of the endorsement key's name, where an enrolment record told it
 */
public record DeviceState(
    String schema,
    DeviceId device,
    long resetCount,
    long restartCount,
    long clock,
    long releaseSequence,
    Instant accepted,
    Optional<Digest> endorsement) {
  public static final String SCHEMA = "trustme/device-state/1";

  public DeviceState {
    if (!SCHEMA.equals(schema)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA);
    }
  }

  static DeviceState of(DeviceId device, TpmsClockInfo info, long releaseSequence, Instant at) {
    return new DeviceState(
        SCHEMA,
        device,
        info.resetCount(),
        info.restartCount(),
        info.clock(),
        releaseSequence,
        at,
        Optional.empty());
  }

  /** The same of a device whose endorsement key is known. */
  DeviceState with(Optional<Digest> key) {
    return new DeviceState(
        schema, device, resetCount, restartCount, clock, releaseSequence, accepted, key);
  }

  static DeviceState parse(Bytes json) throws FormatException {
    return Json.read(json, DeviceState.class, "device state");
  }

  /**
   * Whether the counters come after these: by resets, then restarts, then milliseconds. A clock
   * that says it is safe has never given out a later time, also across resets.
   */
  boolean before(TpmsClockInfo later) {
    if (later.safe() && Long.compareUnsigned(later.clock(), clock) <= 0) {
      return false;
    }
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
