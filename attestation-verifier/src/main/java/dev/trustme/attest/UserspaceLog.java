// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelContent;
import dev.trustme.cel.CelHandle;
import dev.trustme.cel.CelLog;
import dev.trustme.cel.TpmsCelEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the running system says it measured: systemd's tpm2-measure.log. It goes on where the
 * firmware's log ends, in the same PCRs. Untrusted until both together lead to quoted values.
 */
public final class UserspaceLog {
  private final List<Entry> entries;

  /**
   * One record.
   *
   * @param number from 0
   */
  public record Entry(int number, TpmsCelEvent event) {
    /** How checks name it. */
    public String where() {
      return "userspace log, record " + number;
    }

    /** {@code systemd-phase}: what systemd calls the event, as predictions name it. */
    public String type() {
      return "systemd-" + systemd().flatMap(CelContent.Systemd::eventType).orElse("event");
    }

    /** What was measured, in the log's words. */
    public String text() {
      return systemd().flatMap(CelContent.Systemd::string).orElse("");
    }

    public Optional<Digest> digest(HashAlgorithm bank) {
      return event.digest(bank);
    }

    Optional<CelContent.Systemd> systemd() {
      return event.content() instanceof CelContent.Systemd systemd
          ? Optional.of(systemd)
          : Optional.empty();
    }

    boolean of(int pcr) {
      return event.handle() instanceof CelHandle.Pcr(int index) && index == pcr;
    }

    String describe() {
      return (type() + " " + LogEvents.printable(text())).strip();
    }
  }

  private UserspaceLog(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Reads the form that systemd writes; other canonical event logs are malformed here. */
  public static UserspaceLog parse(Bytes log) throws FormatException {
    CelLog parsed;
    try {
      parsed = CelLog.parse(log);
    } catch (FormatException e) {
      throw e.in("userspace log");
    }
    if (parsed.form() != CelLog.Form.SYSTEMD) {
      throw new FormatException(
          "userspace log", 0, "expected systemd's form, found " + parsed.form().label());
    }
    List<Entry> entries = new ArrayList<>();
    for (TpmsCelEvent event : parsed.events()) {
      entries.add(new Entry(entries.size(), event));
    }
    return new UserspaceLog(entries);
  }

  public List<Entry> entries() {
    return entries;
  }

  /** The records of one PCR, in their order. */
  public List<Entry> entries(int pcr) {
    return entries.stream().filter(e -> e.of(pcr)).toList();
  }

  /** What these records make of a PCR; empty if one has no digest of the bank. */
  public static Optional<Digest> extend(Digest before, List<Entry> records) {
    Digest value = before;
    for (Entry each : records) {
      var digest = each.digest(before.algorithm());
      if (digest.isEmpty()) {
        return Optional.empty();
      }
      value = value.extend(digest.get());
    }
    return Optional.of(value);
  }
}
