// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.ReplayedLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a machine's firmware measured when the device was enrolled: the events of PCRs 0 to 3 and 6,
 * which are the platform's and which no release predicts. TCG PC Client Platform Firmware Profile
 * 1.06, 3.3.4.
 *
 * @param startupLocality where PCR 0 started: 0, 3 or 4
 * @param banks the banks that were quoted, by label
 * @param events in the log's order
 */
public record FirmwareEvents(int startupLocality, List<String> banks, List<Event> events) {
  /** The PCRs of the platform. */
  public static final Set<Integer> PCRS = Set.of(0, 1, 2, 3, 6);

  public FirmwareEvents {
    banks = List.copyOf(banks);
    events = List.copyOf(events);
    if (startupLocality != 0 && startupLocality != 3 && startupLocality != 4) {
      throw new IllegalArgumentException("startup-locality: expected 0, 3 or 4");
    }
    if (banks.isEmpty()
        || new HashSet<>(banks).size() != banks.size()
        || !banks.stream().allMatch(b -> HashAlgorithm.byLabel(b).isPresent())) {
      throw new IllegalArgumentException("banks: expected names like sha256, each once");
    }
    for (Event event : events) {
      if (!event.digests().stream().map(d -> d.algorithm().label()).toList().equals(banks)) {
        throw new IllegalArgumentException("events: expected a digest for each of " + banks);
      }
    }
  }

  /**
   * One event that extended a PCR.
   *
   * @param untrustedType as the log calls it, under the key {@code untrusted-type}: no quote covers
   *     it
   * @param digests one for each bank, in their order
   */
  public record Event(int pcr, String untrustedType, List<Digest> digests) {
    public Event {
      digests = List.copyOf(digests);
      if (!PCRS.contains(pcr)) {
        throw new IllegalArgumentException("pcr: expected 0 to 3 or 6, found " + pcr);
      }
    }
  }

  /** The events of a log that was replayed in each of these banks. */
  public static FirmwareEvents of(ReplayedLog log, Collection<HashAlgorithm> quoted) {
    var banks = List.copyOf(new TreeSet<>(quoted));
    List<Event> events = new ArrayList<>();
    for (var event : log.log().events()) {
      if (event.extendsPcr() && PCRS.contains(event.pcrIndex())) {
        events.add(
            new Event(
                event.pcrIndex(),
                event.untrustedType().name(),
                banks.stream().map(bank -> event.digest(bank).orElseThrow()).toList()));
      }
    }
    return new FirmwareEvents(
        log.startupLocality(), banks.stream().map(HashAlgorithm::label).toList(), events);
  }
}
