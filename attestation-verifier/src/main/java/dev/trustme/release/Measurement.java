// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;

/**
 * The predicted content of one PCR: its events in order and the value they add up to.
 *
 * @param path the boot path this holds for: {@code direct-uki}
 * @param phase the moment of the boot this holds at: {@code kernel} is after firmware, stub and the
 *     kernel's own EFI stub, before userspace measured anything
 * @param pcr 1 to 15: the PCRs that start at zero, whatever locality started the TPM
 * @param value what the events replay to; checked here
 */
public record Measurement(
    String path, String phase, int pcr, HashAlgorithm bank, List<Event> events, Digest value) {
  public Measurement {
    events = List.copyOf(events);
    Fields.requireName("measurements.path", path);
    Fields.requireName("measurements.phase", phase);
    Fields.require(
        pcr >= 1 && pcr <= 15, "measurements.pcr: expected 1 to 15, found %d".formatted(pcr));
    Fields.require(
        bank.size() >= HashAlgorithm.SHA256.size(),
        "measurements.bank: %s is too weak".formatted(bank.label()));
    Digest replayed = Digest.zero(bank);
    for (Event event : events) {
      Fields.require(
          event.digest().algorithm() == bank,
          "measurements.events: %s holds a %s digest in bank %s"
              .formatted(event.name(), event.digest().algorithm().label(), bank.label()));
      replayed = replayed.extend(event.digest());
    }
    Fields.require(
        replayed.equals(value),
        "measurements.value: PCR %d says %s, its events replay to %s"
            .formatted(pcr, value, replayed));
  }

  /** The measurement that these events cause. */
  public static Measurement of(
      String path, String phase, int pcr, HashAlgorithm bank, List<Event> events) {
    Digest value = Digest.zero(bank);
    for (Event event : events) {
      value = value.extend(event.digest());
    }
    return new Measurement(path, phase, pcr, bank, events, value);
  }

  String key() {
    return "%s %s %s:%d".formatted(path, phase, bank.label(), pcr);
  }

  /**
   * One predicted event.
   *
   * @param type the TCG event type's name, {@code EV_IPL}
   * @param name what is measured, for people: {@code .linux}, {@code SecureBoot}
   */
  public record Event(String type, String name, Digest digest) {
    public Event {
      Fields.requireName("measurements.events.type", type);
      Fields.requireText("measurements.events.name", name);
    }
  }
}
