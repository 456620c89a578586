// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;

/**
 * Why PCR values differ from a replay: tries the causes that are met in practice. It explains;
 * whatever it finds, the log and the values still disagree.
 */
public final class ReplayDiagnosis {
  private static final List<Integer> LOCALITIES = List.of(0, 3, 4);

  /** Leaving out each event in turn costs the square of their number. */
  private static final int MAX_EVENTS = 512;

  private final ReplayedLog log;

  public ReplayDiagnosis(ReplayedLog log) {
    this.log = log;
  }

  /**
   * The hints for a value that differs; {@code others} are the same PCR's values in other banks.
   */
  public List<ReplayHint> explain(int pcr, Digest value, List<Digest> others) {
    HashAlgorithm bank = value.algorithm();
    if (!log.banks().contains(bank)) {
      return List.of();
    }
    List<ReplayHint> hints = new ArrayList<>();
    var events = log.measuredEvents(pcr);
    if (events.isEmpty()) {
      hints.add(new ReplayHint.AbsentFromLog());
    } else {
      var digests = events.stream().map(e -> e.digest(bank).orElseThrow()).toList();
      prefix(startValue(pcr, bank), value, events, digests, hints);
      if (pcr == 0) {
        locality(bank, value, digests, hints);
      }
    }
    var agreeing =
        others.stream()
            .filter(o -> log.banks().contains(o.algorithm()))
            .filter(o -> log.pcr(o.algorithm(), pcr).equals(o))
            .map(Digest::algorithm)
            .toList();
    if (!agreeing.isEmpty()) {
      hints.add(new ReplayHint.OtherBanksAgree(agreeing));
    }
    return hints;
  }

  private Digest startValue(int pcr, HashAlgorithm bank) {
    return PcrBanks.startValue(bank, 0, pcr == 0 ? log.startupLocality() : 0);
  }

  private static void prefix(
      Digest start,
      Digest value,
      List<TcgPcrEvent2> events,
      List<Digest> digests,
      List<ReplayHint> hints) {
    boolean resetByLaunch = Replay.isDrtm(events.getFirst().pcrIndex());
    var unlaunched = PcrBanks.startValue(value.algorithm(), 0xff, 0xff);
    if (value.equals(start) || (resetByLaunch && value.equals(unlaunched))) {
      hints.add(new ReplayHint.NeverExtended(events.size()));
      return;
    }
    Digest before = start;
    for (int i = 0; i + 1 < events.size(); i++) {
      Digest after = before.extend(digests.get(i));
      if (value.equals(after)) {
        hints.add(new ReplayHint.ReadBefore(events.get(i + 1), i + 1, events.size()));
        return;
      }
      if (events.size() <= MAX_EVENTS
          && value.equals(extended(before, digests.subList(i + 1, events.size())))) {
        hints.add(new ReplayHint.NotMeasured(events.get(i)));
        return;
      }
      before = after;
    }
  }

  private static Digest extended(Digest start, List<Digest> digests) {
    Digest value = start;
    for (Digest digest : digests) {
      value = value.extend(digest);
    }
    return value;
  }

  private void locality(
      HashAlgorithm bank, Digest value, List<Digest> digests, List<ReplayHint> hints) {
    for (int locality : LOCALITIES) {
      var start = PcrBanks.startValue(bank, 0, locality);
      if (locality != log.startupLocality() && value.equals(extended(start, digests))) {
        hints.add(new ReplayHint.OtherLocality(locality));
      }
    }
  }
}
