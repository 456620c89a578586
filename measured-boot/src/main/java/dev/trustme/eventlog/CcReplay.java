// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Extends every event of a CC event log as a TDX module would: RTMR = H(RTMR || digest), from zero.
 * There is no locality and no H-CRTM here: an event that speaks of one is malformed, as is one that
 * claims to extend MRTD.
 */
public final class CcReplay {
  private CcReplay() {}

  public static ReplayedCcLog replay(CcEventLog log) throws FormatException {
    SortedSet<CcRegister> measured = new TreeSet<>();
    var banks = new PcrBanks(log.entries());
    for (TcgPcrEvent2 event : log.entries().events()) {
      if (event.untrustedType() == TcgEventType.EV_EFI_HCRTM_EVENT) {
        throw Replay.malformed(event, "an H-CRTM event in a CC event log");
      }
      if (event.extendsPcr()) {
        var register = CcRegister.at(event.pcrIndex()).orElseThrow();
        if (register == CcRegister.MRTD) {
          throw Replay.malformed(event, "a measurement into MRTD, which nothing extends");
        }
        measured.add(register);
        banks.extend(event);
      } else if (event.event().startsWith(EventDataDecoder.STARTUP_LOCALITY)) {
        throw Replay.malformed(event, "a Startup Locality event in a CC event log");
      }
    }
    Map<HashAlgorithm, List<Digest>> values = new EnumMap<>(HashAlgorithm.class);
    banks.banks().forEach(bank -> values.put(bank, banks.values(bank)));
    return new ReplayedCcLog(log, values, measured);
  }
}
