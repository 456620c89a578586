// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.Optional;

/**
 * What the log's key states of a signing log, {@code trustme/log-checkpoint/1}; signed as a DSSE
 * payload of type {@link #TYPE}. {@code log} is the digest of the log's first line and so names the
 * log; {@code previous} is the digest of the payload of checkpoint {@code number - 1}.
 */
public record Checkpoint(
    String schema,
    long number,
    Digest log,
    long entries,
    Digest head,
    Instant time,
    Optional<Digest> previous) {
  public static final String SCHEMA = "trustme/log-checkpoint/1";

  /** Payload type of a checkpoint. */
  public static final String TYPE = "application/vnd.trustme.log-checkpoint+json";

  public Checkpoint {
    require(schema.equals(SCHEMA), "expected schema %s, found %s".formatted(SCHEMA, schema));
    require(number >= 1, "number: expected 1 or more, found " + number);
    require(entries >= 1, "entries: expected 1 or more, found " + entries);
    require(previous.isPresent() == number > 1, "previous: the first has none, each other has one");
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  public static Checkpoint parse(Bytes json) throws FormatException {
    return Json.read(json, Checkpoint.class, "log checkpoint");
  }

  public Bytes encode() {
    return Json.write(this);
  }

  /** How far the log reached. */
  public Head reached() {
    return new Head(head, entries);
  }
}
