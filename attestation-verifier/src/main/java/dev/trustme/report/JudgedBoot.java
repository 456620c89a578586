// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.ContainerRule;
import dev.trustme.attest.LogEvents;
import dev.trustme.attest.Policy;
import dev.trustme.attest.UserspaceLog;
import dev.trustme.attest.UserspaceRule;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.ContainerLog;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.evidence.Evidence;
import dev.trustme.release.Measurement;
import dev.trustme.report.VerdictReport.Item;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * The firmware's log beside the verdict: which events the quote bears out, which the release
 * predicts, and where the two part. It explains a verdict and decides nothing.
 */
final class JudgedBoot {
  private static final Set<Area> PROOF = Set.of(Area.KEY, Area.QUOTE);

  private final VerdictReport report;
  private final HashAlgorithm bank;
  private final List<Integer> quoted;
  private final SortedMap<Integer, Digest> claimed;
  private final Map<Integer, Measurement> predictions;
  private final Map<String, Item> failuresByPlace;
  private final Map<Integer, Integer> placeByNumber = new HashMap<>();
  private final Map<Integer, Integer> agreeing = new HashMap<>();
  private final boolean proven;
  private final Optional<UserspaceRule> userspaceRule;
  private Optional<ReplayedLog> log = Optional.empty();
  private Optional<UserspaceLog> userspace = Optional.empty();
  private final Optional<Integer> containerPcr;
  private Optional<ContainerLog> containers = Optional.empty();
  private Optional<String> problem = Optional.empty();

  JudgedBoot(VerdictReport report, ReportSources sources) {
    this.report = report;
    var require = sources.policy().require();
    bank = require.pcrs().bank();
    userspaceRule = require.userspace();
    containerPcr = require.containers().map(ContainerRule::pcr);
    quoted = require.pcrs().quoted();
    claimed = sources.evidence().map(e -> e.claimed(bank)).orElseGet(Collections::emptySortedMap);
    predictions =
        sources.release().stream()
            .flatMap(r -> r.measurements(require.boot().path(), require.boot().phase()).stream())
            .filter(m -> m.bank() == bank)
            .collect(Collectors.toMap(Measurement::pcr, m -> m));
    failuresByPlace =
        report.failures().stream()
            .filter(f -> !f.where().isEmpty())
            .collect(Collectors.toMap(Item::where, f -> f, (first, second) -> first));
    proven = !report.checks().isEmpty() && report.failures().stream().noneMatch(this::unproves);
    sources.evidence().ifPresent(this::read);
  }

  private boolean unproves(Item item) {
    return Explanations.byId(item.id()).map(e -> PROOF.contains(e.area())).orElse(true);
  }

  private void read(Evidence evidence) {
    try {
      var replayed = Replay.replay(EventLog.parse(evidence.logs().tcg()));
      for (int pcr : replayed.measuredPcrs()) {
        var events = replayed.measuredEvents(pcr);
        for (int i = 0; i < events.size(); i++) {
          placeByNumber.put(events.get(i).number(), i);
        }
      }
      log = Optional.of(replayed);
      if (userspaceRule.isPresent() && evidence.logs().userspace().isPresent()) {
        userspace = Optional.of(UserspaceLog.parse(evidence.logs().userspace().get()));
      }
      if (containerPcr.isPresent() && evidence.logs().containers().isPresent()) {
        containers = Optional.of(ContainerLog.parse(evidence.logs().containers().get()));
      }
      predictions.forEach((pcr, m) -> agreeing.put(pcr, agreeing(events(pcr), m)));
    } catch (FormatException e) {
      problem = Optional.of(String.valueOf(e.getMessage()));
    }
  }

  Optional<ReplayedLog> log() {
    return log;
  }

  /** Why there is no log. */
  Optional<String> problem() {
    return problem;
  }

  HashAlgorithm bank() {
    return bank;
  }

  List<Integer> quoted() {
    return quoted;
  }

  /** Whether a trusted key signed the values: otherwise they are mere claims. */
  boolean proven() {
    return proven;
  }

  Optional<Digest> claimed(int pcr) {
    return Optional.ofNullable(claimed.get(pcr));
  }

  /** All claimed values of the quoted bank. */
  SortedMap<Integer, Digest> claims() {
    return claimed;
  }

  Optional<Measurement> prediction(int pcr) {
    return Optional.ofNullable(predictions.get(pcr));
  }

  /** What the logs' events of a PCR lead to, in the quoted bank. */
  Optional<Digest> replayed(int pcr) {
    if (containerPcr.equals(Optional.of(pcr))) {
      return containers.map(l -> l.replay(bank));
    }
    return log.filter(l -> l.banks().contains(bank))
        .map(l -> l.pcr(bank, pcr))
        .flatMap(value -> UserspaceLog.extend(value, userspace(pcr)));
  }

  /** What the running system measured, as far as the policy lets it. */
  Optional<UserspaceLog> userspace() {
    return userspace;
  }

  private List<UserspaceLog.Entry> userspace(int pcr) {
    return userspace
        .filter(l -> userspaceRule.filter(r -> r.pcrs().contains(pcr)).isPresent())
        .map(l -> l.entries(pcr))
        .orElse(List.of());
  }

  /** A measured event of either log, as predictions have it. */
  private record Measured(String type, Optional<Digest> digest) {
    boolean is(Measurement.Event expected) {
      return digest.equals(Optional.of(expected.digest())) && type.equals(expected.type());
    }
  }

  private List<Measured> events(int pcr) {
    List<Measured> events = new ArrayList<>();
    log.ifPresent(l ->
        l.measuredEvents(pcr)
            .forEach(e -> events.add(new Measured(e.untrustedType().name(), e.digest(bank)))));
    userspace(pcr).forEach(e -> events.add(new Measured(e.type(), e.digest(bank))));
    return events;
  }

  /** Whether the quote bears out the log's events of this PCR. */
  boolean borneOut(int pcr) {
    return proven
        && quoted.contains(pcr)
        && claimed(pcr).isPresent()
        && claimed(pcr).equals(replayed(pcr));
  }

  /** The failed check that points at this event. */
  Optional<Item> failure(TcgPcrEvent2 event) {
    return failure(LogEvents.where(event));
  }

  /** The first failed check that names this place. */
  Optional<Item> failure(String place) {
    return Optional.ofNullable(failuresByPlace.get(place));
  }

  Mark mark(TcgPcrEvent2 event) {
    if (failure(event).isPresent() || edited(event)) {
      return Mark.DIFFERS;
    }
    if (!event.extendsPcr()) {
      return Mark.NOT_MEASURED;
    }
    if (!borneOut(event.pcrIndex())) {
      return Mark.CLAIMED;
    }
    return prediction(event.pcrIndex()).map(m -> mark(event, m)).orElse(Mark.QUOTED);
  }

  private Mark mark(TcgPcrEvent2 event, Measurement prediction) {
    int place = placeByNumber.getOrDefault(event.number(), Integer.MAX_VALUE);
    if (place == agreeing.getOrDefault(prediction.pcr(), 0)) {
      return Mark.DIFFERS;
    }
    boolean predicted =
        place < prediction.events().size()
            && new Measured(event.untrustedType().name(), event.digest(bank))
                .is(prediction.events().get(place));
    return predicted ? Mark.RELEASED : Mark.QUOTED;
  }

  private boolean edited(TcgPcrEvent2 event) {
    return event.digestCheck(bank).map(DigestCheck.Mismatch.class::isInstance).orElse(false);
  }

  /** How many events of the prediction's PCR are as predicted, from the first on. */
  private static int agreeing(List<Measured> seen, Measurement prediction) {
    int common = 0;
    while (common < Math.min(seen.size(), prediction.events().size())
        && seen.get(common).is(prediction.events().get(common))) {
      common++;
    }
    return common;
  }

  /** The first predicted event of a PCR that the log does not have. */
  Optional<Measurement.Event> firstMissed(int pcr) {
    int common = agreeing.getOrDefault(pcr, 0);
    return log.flatMap(l -> prediction(pcr))
        .filter(m -> common < m.events().size())
        .map(m -> m.events().get(common));
  }

  /** Whether the log ends where the release predicts more. */
  boolean endsEarly(int pcr) {
    return firstMissed(pcr).isPresent() && events(pcr).size() == agreeing.getOrDefault(pcr, -1);
  }

  /** What is wrong, more closely than the check itself says: the part that the release names. */
  Optional<Explanations.Part> part(Item item) {
    return Policy.PREDICTED_PCRS.stream()
        .filter(pcr -> item.id().equals("pcr-" + pcr))
        .findFirst()
        .flatMap(this::firstMissed)
        .flatMap(event -> Explanations.part(event.name().replace(" (name)", "")));
  }

  VerdictReport report() {
    return report;
  }
}
