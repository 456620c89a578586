// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData.StartupLocality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Extends every event of a log into PCRs as a TPM would, all banks in one pass. Start values: TCG
 * PC Client Platform TPM Profile, "PCR Initial and Reset Values"; PCR 0 by the Startup Locality
 * event or an H-CRTM event, Platform Firmware Profile, "Startup Locality Event" and
 * "EV_EFI_HCRTM_EVENT".
 */
public final class Replay {
  private static final int FIRST_DRTM_PCR = 17;
  private static final int LAST_DRTM_PCR = 22;
  private static final int HCRTM_LOCALITY = 4;

  private final EventLog log;
  private final Map<HashAlgorithm, Digest[]> banks = new EnumMap<>(HashAlgorithm.class);
  private final TreeSet<Integer> measured = new TreeSet<>();
  private int locality;
  private boolean localitySeen;
  private boolean hcrtmSeen;

  private Replay(EventLog log) {
    this.log = log;
  }

  /**
   * The PCR values the log leads to. A bank that an event leaves out is not replayed. Malformed:
   * statements about PCR 0's start value that are repeated, late, contradictory or unknown.
   */
  public static ReplayedLog replay(EventLog log) throws FormatException {
    return new Replay(log).run();
  }

  private ReplayedLog run() throws FormatException {
    completeBanks().forEach(bank -> banks.put(bank, startValues(bank)));
    for (TcgPcrEvent2 event : log.events()) {
      if (!event.extendsPcr()) {
        startupLocality(event);
        continue;
      }
      if (event.untrustedType() == TcgEventType.EV_EFI_HCRTM_EVENT) {
        hcrtm(event);
      }
      extend(event);
    }
    Map<HashAlgorithm, List<Digest>> values = new EnumMap<>(HashAlgorithm.class);
    banks.forEach((bank, pcrs) -> values.put(bank, finalValues(bank, pcrs)));
    return new ReplayedLog(log, values, measured, locality);
  }

  private List<HashAlgorithm> completeBanks() {
    List<HashAlgorithm> candidates =
        log.specId().isEmpty()
            ? List.of(HashAlgorithm.SHA1)
            : log.specId().get().digestSizes().stream()
                .flatMap(d -> HashAlgorithm.byTpmAlgId(d.algorithmId()).stream())
                .toList();
    List<HashAlgorithm> complete = new ArrayList<>(candidates);
    complete.removeIf(
        bank -> log.events().stream().anyMatch(e -> e.extendsPcr() && e.digest(bank).isEmpty()));
    return complete;
  }

  private static Digest[] startValues(HashAlgorithm bank) {
    var pcrs = new Digest[TcgPcrEvent2.PCR_COUNT];
    Arrays.fill(pcrs, Digest.zero(bank));
    return pcrs;
  }

  /** PCRs of a dynamic launch hold all ones until a launch sets them to zero and extends them. */
  private List<Digest> finalValues(HashAlgorithm bank, Digest[] pcrs) {
    for (int pcr = FIRST_DRTM_PCR; pcr <= LAST_DRTM_PCR; pcr++) {
      if (!measured.contains(pcr)) {
        var ones = new byte[bank.size()];
        Arrays.fill(ones, (byte) 0xff);
        pcrs[pcr] = new Digest(bank, Bytes.copyOf(ones));
      }
    }
    return List.of(pcrs);
  }

  private void startupLocality(TcgPcrEvent2 event) throws FormatException {
    if (!event.event().startsWith(EventDataDecoder.STARTUP_LOCALITY)) {
      return;
    }
    if (!(event.untrustedData() instanceof StartupLocality startup)) {
      throw malformed(
          event, "a Startup Locality event of %d bytes".formatted(event.event().size()));
    }
    int value = startup.startupLocality();
    if (value != 0 && value != 3 && value != HCRTM_LOCALITY) {
      throw malformed(event, "startup locality %d".formatted(value));
    }
    if (event.pcrIndex() != 0) {
      throw malformed(event, "a Startup Locality event for PCR %d".formatted(event.pcrIndex()));
    }
    boolean agrees = hcrtmSeen && value == HCRTM_LOCALITY;
    if (localitySeen || (measured.contains(0) && !agrees)) {
      throw malformed(event, "a second or late Startup Locality event");
    }
    localitySeen = true;
    if (!hcrtmSeen) {
      start(value);
    }
  }

  private void hcrtm(TcgPcrEvent2 event) throws FormatException {
    if (event.pcrIndex() != 0 || measured.contains(0)) {
      throw malformed(event, "an H-CRTM event that is not the first of PCR 0");
    }
    if (localitySeen && locality != HCRTM_LOCALITY) {
      throw malformed(event, "an H-CRTM event after startup locality %d".formatted(locality));
    }
    hcrtmSeen = true;
    start(HCRTM_LOCALITY);
  }

  private void start(int value) {
    locality = value;
    banks.forEach((bank, pcrs) -> {
      var start = new byte[bank.size()];
      start[bank.size() - 1] = (byte) value;
      pcrs[0] = new Digest(bank, Bytes.copyOf(start));
    });
  }

  private void extend(TcgPcrEvent2 event) {
    measured.add(event.pcrIndex());
    banks.forEach((bank, pcrs) ->
        pcrs[event.pcrIndex()] = pcrs[event.pcrIndex()].extend(event.digest(bank).orElseThrow()));
  }

  private static FormatException malformed(TcgPcrEvent2 event, String problem) {
    return new FormatException("event %d".formatted(event.number()), event.offset(), problem);
  }
}
