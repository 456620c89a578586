// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was done in a ceremony, {@code trustme/ceremony-transcript/1}: the script's own text, and
 * for each of its steps who confirmed it and which files it read, wrote and removed. Signed as a
 * DSSE payload; the type of a rehearsal's is another one, so that none ever passes for a ceremony.
 */
public record Transcript(
    String schema,
    Mode mode,
    Program program,
    Instant started,
    Instant ended,
    String script,
    List<FileDigest> inputs,
    List<Done> steps) {
  public static final String SCHEMA = "trustme/ceremony-transcript/1";

  public Transcript {
    CeremonyScript.require(
        schema.equals(SCHEMA), "expected schema %s, found %s".formatted(SCHEMA, schema));
    inputs = List.copyOf(inputs);
    steps = List.copyOf(steps);
  }

  /** Whether it counts. */
  public enum Mode {
    CEREMONY("application/vnd.trustme.ceremony+json"),
    REHEARSAL("application/vnd.trustme.ceremony-rehearsal+json");

    private final String type;

    Mode(String type) {
      this.type = type;
    }

    /** The payload type that is signed with it. */
    public String type() {
      return type;
    }
  }

  /** One step. {@code number} counts from 1; {@code words} are the script's step in words. */
  public record Done(
      int number,
      String kind,
      String words,
      Instant started,
      Instant ended,
      List<Confirmation> confirmations,
      List<FileDigest> read,
      List<FileDigest> wrote,
      List<String> removed,
      List<Made> certificates) {
    public Done {
      confirmations = List.copyOf(confirmations);
      read = List.copyOf(read);
      wrote = List.copyOf(wrote);
      removed = List.copyOf(removed);
      certificates = List.copyOf(certificates);
    }
  }

  /**
   * Somebody said yes; {@code how} is terminal, file or rehearsal, {@code value} was read aloud.
   */
  public record Confirmation(
      String participant, String how, Instant time, Optional<Digest> value) {}

  /** A file below the ceremony's folder; its size in bytes. */
  public record FileDigest(String file, long size, Digest sha256) {}

  /** A certificate that was issued. */
  public record Made(String subject, String serial, Digest fingerprint) {}

  /** What performed the ceremony: the digest is over all its jars and classes. */
  public record Program(Digest digest, String java) {}

  public static Transcript parse(Bytes json) throws FormatException {
    return Json.read(json, Transcript.class, "ceremony transcript");
  }

  public Bytes encode() {
    return Json.write(this);
  }
}
