// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData.StartupLocality;
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
  private final PcrBanks banks;
  private final TreeSet<Integer> measured = new TreeSet<>();
  private int locality;
  private boolean localitySeen;
  private boolean hcrtmSeen;

  private Replay(EventLog log) {
    this.log = log;
    this.banks = new PcrBanks(log);
  }

  /**
   * The PCR values the log leads to. A bank that an event leaves out is not replayed. Malformed:
   * statements about PCR 0's start value that are repeated, late, contradictory or unknown.
   */
  public static ReplayedLog replay(EventLog log) throws FormatException {
    return new Replay(log).run();
  }

  private ReplayedLog run() throws FormatException {
    boolean launched = log.events().stream().anyMatch(e -> e.extendsPcr() && isDrtm(e.pcrIndex()));
    for (int pcr = FIRST_DRTM_PCR; pcr <= LAST_DRTM_PCR && !launched; pcr++) {
      banks.start(pcr, 0xff, 0xff);
    }
    for (TcgPcrEvent2 event : log.events()) {
      if (!event.extendsPcr()) {
        startupLocality(event);
        continue;
      }
      if (event.untrustedType() == TcgEventType.EV_EFI_HCRTM_EVENT) {
        hcrtm(event);
      }
      measured.add(event.pcrIndex());
      banks.extend(event);
    }
    Map<HashAlgorithm, List<Digest>> values = new EnumMap<>(HashAlgorithm.class);
    banks.banks().forEach(bank -> values.put(bank, banks.values(bank)));
    return new ReplayedLog(log, values, measured, locality);
  }

  /** They hold all ones until a dynamic launch sets them all to zero. */
  static boolean isDrtm(int pcr) {
    return pcr >= FIRST_DRTM_PCR && pcr <= LAST_DRTM_PCR;
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
    banks.start(0, 0, value);
  }

  static FormatException malformed(TcgPcrEvent2 event, String problem) {
    return new FormatException("event %d".formatted(event.number()), event.offset(), problem);
  }
}
