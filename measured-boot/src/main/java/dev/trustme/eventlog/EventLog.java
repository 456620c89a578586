// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventData.SpecIdEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A TCG event log as it was written: crypto-agile (its first entry is the Spec ID event) or SHA-1.
 * Well-formed, nothing more: {@link Replay} makes of it what can be held against a TPM.
 *
 * @param specId absent in a SHA-1 log
 * @param events all entries, the Spec ID event included
 * @param padding what fills up the log after its last event: all 00 or all FF, mostly empty
 * @param quirks names of deviations that were tolerated
 */
public record EventLog(
    Optional<SpecIdEvent> specId, List<TcgPcrEvent2> events, Bytes padding, List<String> quirks) {
  /** vendorInfo lies behind eventSize, as one tool's sample has it. */
  static final String VENDOR_INFO_BEYOND_EVENT = "spec-id-vendor-info-beyond-event";

  public EventLog {
    events = List.copyOf(events);
    quirks = List.copyOf(quirks);
  }

  public static EventLog parse(Bytes log) throws FormatException {
    return new EventLogReader(log, EventLogReader.Registers.PCRS).read();
  }

  public Bytes encode() {
    List<Bytes> parts = new ArrayList<>();
    for (TcgPcrEvent2 event : events) {
      boolean first = parts.isEmpty();
      parts.add(
          specId.isPresent() && !first
              ? event.encode()
              : event.encodeSha1(event.event().size() - (first ? beyondEvent() : 0)));
    }
    parts.add(padding);
    return Bytes.concat(parts.toArray(Bytes[]::new));
  }

  private int beyondEvent() {
    return quirks.contains(VENDOR_INFO_BEYOND_EVENT)
        ? specId.map(spec -> spec.vendorInfo().size()).orElse(0)
        : 0;
  }
}
