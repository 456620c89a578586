// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two logs, PCR by PCR: how far their events agree, and where they part. Events are equal if their
 * digests in the compared banks, their types and their data are; entries that extend nothing count
 * among those of their PCR.
 *
 * @param banks that both logs have: those that were compared
 * @param onlyFirst algorithms that only the first log's head names
 * @param onlySecond algorithms that only the second log's head names
 * @param parted the PCRs whose events differ, ascending
 * @param equalPcrs PCRs with events, all of them equal
 */
public record LogDifference(
    List<HashAlgorithm> banks,
    List<HashAlgorithm> onlyFirst,
    List<HashAlgorithm> onlySecond,
    List<PcrDifference> parted,
    List<Integer> equalPcrs) {

  /**
   * One PCR's events.
   *
   * @param common so many are equal before the first that is not
   * @param first that event, or none where the first log ends before it
   * @param onlyFirst events of the first log that the second has nowhere in this PCR
   */
  public record PcrDifference(
      int pcr,
      int common,
      Optional<TcgPcrEvent2> first,
      Optional<TcgPcrEvent2> second,
      int onlyFirst,
      int onlySecond) {}

  public LogDifference {
    banks = List.copyOf(banks);
    onlyFirst = List.copyOf(onlyFirst);
    onlySecond = List.copyOf(onlySecond);
    parted = List.copyOf(parted);
    equalPcrs = List.copyOf(equalPcrs);
  }

  /** What makes an event the same in two logs. */
  private record Key(List<Digest> digests, EventType type, Bytes data) {}

  /** Compares two logs in the given bank alone, or in all that both have. */
  public static LogDifference between(
      EventLog first, EventLog second, Optional<HashAlgorithm> bank) {
    Set<HashAlgorithm> firstBanks = banks(first);
    Set<HashAlgorithm> secondBanks = banks(second);
    var shared = new TreeSet<>(firstBanks);
    shared.retainAll(secondBanks);
    bank.ifPresent(only -> shared.removeIf(b -> b != only));
    var compared = List.copyOf(shared);
    var pcrs = new TreeMap<Integer, List<List<TcgPcrEvent2>>>();
    split(first, 0, pcrs);
    split(second, 1, pcrs);
    List<PcrDifference> parted = new ArrayList<>();
    List<Integer> equal = new ArrayList<>();
    pcrs.forEach((pcr, sides) -> {
      var difference = compare(pcr, sides.get(0), sides.get(1), compared);
      if (difference.first.isEmpty() && difference.second.isEmpty()) {
        equal.add(pcr);
      } else {
        parted.add(difference);
      }
    });
    return new LogDifference(
        compared,
        without(firstBanks, secondBanks),
        without(secondBanks, firstBanks),
        parted,
        equal);
  }

  /** Nothing differs: the same banks and the same events. */
  public boolean same() {
    return parted.isEmpty() && onlyFirst.isEmpty() && onlySecond.isEmpty() && !banks.isEmpty();
  }

  private static Set<HashAlgorithm> banks(EventLog log) {
    var banks = new TreeSet<HashAlgorithm>();
    log.specId()
        .ifPresentOrElse(
            spec ->
                spec.digestSizes()
                    .forEach(d -> HashAlgorithm.byTpmAlgId(d.algorithmId()).ifPresent(banks::add)),
            () -> banks.add(HashAlgorithm.SHA1));
    return banks;
  }

  private static List<HashAlgorithm> without(Set<HashAlgorithm> some, Set<HashAlgorithm> others) {
    return some.stream().filter(bank -> !others.contains(bank)).toList();
  }

  /** The head of a log names its algorithms and is no event of PCR 0. */
  private static void split(EventLog log, int side, Map<Integer, List<List<TcgPcrEvent2>>> pcrs) {
    for (TcgPcrEvent2 event : log.events()) {
      if (!SpecIdEvents.isAny(event)) {
        pcrs.computeIfAbsent(event.pcrIndex(), pcr -> List.of(new ArrayList<>(), new ArrayList<>()))
            .get(side)
            .add(event);
      }
    }
  }

  private static PcrDifference compare(
      int pcr, List<TcgPcrEvent2> first, List<TcgPcrEvent2> second, List<HashAlgorithm> banks) {
    int common = 0;
    int shorter = Math.min(first.size(), second.size());
    while (common < shorter
        && key(first.get(common), banks).equals(key(second.get(common), banks))) {
      common++;
    }
    return new PcrDifference(
        pcr,
        common,
        at(first, common),
        at(second, common),
        unmatched(first, second, banks),
        unmatched(second, first, banks));
  }

  private static Optional<TcgPcrEvent2> at(List<TcgPcrEvent2> events, int index) {
    return index < events.size() ? Optional.of(events.get(index)) : Optional.empty();
  }

  private static Key key(TcgPcrEvent2 event, List<HashAlgorithm> banks) {
    var digests = banks.stream().flatMap(bank -> event.digest(bank).stream()).toList();
    return new Key(digests, event.untrustedType(), event.event());
  }

  private static int unmatched(
      List<TcgPcrEvent2> events, List<TcgPcrEvent2> others, List<HashAlgorithm> banks) {
    Map<Key, Integer> counts = new HashMap<>();
    others.forEach(e -> counts.merge(key(e, banks), 1, Integer::sum));
    int unmatched = 0;
    for (TcgPcrEvent2 event : events) {
      int left = counts.merge(key(event, banks), -1, Integer::sum);
      unmatched += left < 0 ? 1 : 0;
    }
    return unmatched;
  }
}
