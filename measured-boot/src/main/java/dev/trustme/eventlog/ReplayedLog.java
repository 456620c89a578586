// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** A log and the PCR values that it leads to. Only {@link Replay} makes one. */
public final class ReplayedLog {
  private final EventLog log;
  private final Map<HashAlgorithm, List<Digest>> pcrs;
  private final SortedSet<Integer> measuredPcrs;
  private final int startupLocality;
  private final List<List<TcgPcrEvent2>> measuredEvents;

  ReplayedLog(
      EventLog log,
      Map<HashAlgorithm, List<Digest>> pcrs,
      SortedSet<Integer> measuredPcrs,
      int startupLocality) {
    this.log = log;
    this.pcrs = Collections.unmodifiableMap(new EnumMap<>(pcrs));
    this.measuredPcrs = Collections.unmodifiableSortedSet(new TreeSet<>(measuredPcrs));
    this.startupLocality = startupLocality;
    this.measuredEvents = byPcr(log);
  }

  private static List<List<TcgPcrEvent2>> byPcr(EventLog log) {
    List<List<TcgPcrEvent2>> byPcr = new ArrayList<>();
    for (int i = 0; i < TcgPcrEvent2.PCR_COUNT; i++) {
      byPcr.add(new ArrayList<>());
    }
    for (var event : log.events()) {
      if (event.extendsPcr()) {
        byPcr.get(event.pcrIndex()).add(event);
      }
    }
    byPcr.replaceAll(Collections::unmodifiableList);
    return byPcr;
  }

  public EventLog log() {
    return log;
  }

  /** The banks for which every measuring event holds a digest, weakest first. */
  public Set<HashAlgorithm> banks() {
    return pcrs.keySet();
  }

  /** PCRs 0 to 23 of a bank that {@link #banks} names, measured or not. */
  public List<Digest> pcrs(HashAlgorithm bank) {
    var values = pcrs.get(bank);
    if (values == null) {
      throw new IllegalArgumentException("the log holds no complete bank " + bank.label());
    }
    return values;
  }

  public Digest pcr(HashAlgorithm bank, int index) {
    return pcrs(bank).get(index);
  }

  /** PCRs that at least one event extends. The others are at their start values. */
  public SortedSet<Integer> measuredPcrs() {
    return measuredPcrs;
  }

  /** 0, 3 or 4: what PCR 0 started with. */
  public int startupLocality() {
    return startupLocality;
  }

  /** The events that extend a PCR, in their order. */
  public List<TcgPcrEvent2> measuredEvents(int pcrIndex) {
    return pcrIndex >= 0 && pcrIndex < measuredEvents.size()
        ? measuredEvents.get(pcrIndex)
        : List.of();
  }
}
