// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A canonical event log in any of its encodings, told apart by the first bytes. Parsed, so
 * untrusted until its replay equals quoted PCRs.
 */
public record CelLog(Form form, List<TpmsCelEvent> events) {
  /** The encoding, and whose it is. */
  public enum Form {
    /** CEL-TLV. */
    TLV("tlv"),
    /** CEL-JSON: an array of records. */
    JSON("json"),
    /** systemd's tpm2-measure.log: records as a JSON text sequence (RFC 7464). */
    SYSTEMD("systemd"),
    /** A .pcrlock file: an object with records. */
    PCRLOCK("pcrlock"),
    /** A container log of this suite: a record on each line. */
    CONTAINER("container");

    private final String label;

    Form(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  private static final int RECORD_SEPARATOR = 0x1e;
  private static final int MAX_RECORDS = 1_000_000;

  public CelLog {
    events = List.copyOf(events);
  }

  /** An empty file is an empty log of systemd's, which creates it so. */
  public static CelLog parse(Bytes log) throws FormatException {
    int first = log.isEmpty() ? RECORD_SEPARATOR : log.at(0);
    return switch (first) {
      case RECORD_SEPARATOR -> ordered(Form.SYSTEMD, CelJson.sequence(log));
      case CelTlvRecord.RECNUM -> ordered(Form.TLV, tlv(log));
      case '[' -> ordered(Form.JSON, CelJson.array(log));
      case '{' -> object(log);
      default ->
          throw new FormatException(
              "event log", 0, "0x%02x begins no canonical event log".formatted(first));
    };
  }

  private static List<TpmsCelEvent> tlv(Bytes log) throws FormatException {
    List<TpmsCelEvent> events = new ArrayList<>();
    for (CelTlvRecord each : CelTlvRecord.parse(log)) {
      events.add(each.event());
    }
    return events;
  }

  private static CelLog object(Bytes log) throws FormatException {
    if (CelJson.isPcrlock(log)) {
      return ordered(Form.PCRLOCK, CelJson.pcrlock(log));
    }
    List<TpmsCelEvent> events = new ArrayList<>();
    for (CelRecord each : ContainerLog.parse(log).records()) {
      events.add(
          new TpmsCelEvent(
              Optional.of(each.recnum()),
              new CelHandle.Pcr(each.pcr()),
              each.measured(),
              new CelContent.Container(each.event(), each.content().string())));
    }
    return new CelLog(Form.CONTAINER, events);
  }

  /** Where records are numbered, each number is the one before plus one. */
  private static CelLog ordered(Form form, List<TpmsCelEvent> events) throws FormatException {
    if (events.size() > MAX_RECORDS) {
      throw new FormatException("event log", 0, "has more than " + MAX_RECORDS + " records");
    }
    for (int i = 1; i < events.size(); i++) {
      Optional<Long> before = events.get(i - 1).recnum();
      Optional<Long> here = events.get(i).recnum();
      if (!here.equals(before.map(n -> n + 1))) {
        throw new FormatException(
            "event log",
            0,
            "record %d has the number %s after %s".formatted(i, number(here), number(before)));
      }
    }
    return new CelLog(form, events);
  }

  private static String number(Optional<Long> recnum) {
    return recnum.map(String::valueOf).orElse("none");
  }
}
