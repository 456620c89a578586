// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Nonce;
import dev.trustme.json.Json;
import java.time.Instant;

/** A nonce for one device and the time it counts: schema {@code trustme/challenge/1}. */
public record Challenge(
    String schema, DeviceId device, Nonce nonce, Instant created, Instant expires) {
  public static final String SCHEMA = "trustme/challenge/1";

  public Challenge {
    if (!SCHEMA.equals(schema)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA);
    }
  }

  static Challenge of(DeviceId device, Nonce nonce, Instant created, MaxAge maxAge) {
    return new Challenge(SCHEMA, device, nonce, created, created.plus(maxAge.duration()));
  }

  static Challenge parse(Bytes json) throws FormatException {
    return Json.read(json, Challenge.class, "challenge");
  }
}
