// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.release.Measurement;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * A release's predictions against the log and the claimed values: every predicted PCR has exactly
 * the predicted events, in their order, and the predicted value. The first event that differs is
 * named.
 */
final class PredictionAppraisal {
  /** Some boot paths measure nothing into these. */
  private static final List<Integer> IF_MEASURED = List.of(12, 14);

  private final ReplayedLog log;
  private final UserspaceAppraisal userspace;
  private final List<Integer> quoted;
  private final HashAlgorithm bank;
  private final SortedMap<Integer, Digest> claimed;

  PredictionAppraisal(
      ReplayedLog log,
      UserspaceAppraisal userspace,
      TpmsPcrSelection selection,
      SortedMap<Integer, Digest> claimed) {
    this.log = log;
    this.userspace = userspace;
    this.quoted = selection.pcrs();
    this.bank = selection.hash();
    this.claimed = claimed;
  }

  List<Check> checks(List<Measurement> predictions) {
    List<Check> checks = new ArrayList<>();
    for (int pcr : Policy.PREDICTED_PCRS) {
      var prediction = predictions.stream().filter(m -> m.pcr() == pcr).findFirst();
      checks.add(
          prediction
              .map(this::pcr)
              .orElseGet(() ->
                  EvidenceCheck.ofPcr(pcr).fail("a prediction by a trusted release", "none")));
    }
    for (int pcr : IF_MEASURED) {
      var prediction = predictions.stream().filter(m -> m.pcr() == pcr).findFirst();
      checks.add(prediction.map(this::pcr).orElseGet(() -> unpredicted(pcr)));
    }
    return checks;
  }

  /** What a release does not predict for its path, is not there. */
  private Check unpredicted(int pcr) {
    var check = EvidenceCheck.ofPcr(pcr);
    if (!quoted.contains(pcr)) {
      return Check.notApplicable(check.id(), "the policy does not quote PCR " + pcr);
    }
    return seen(pcr).stream()
        .findFirst()
        .map(e -> check.fail("no event", e.words().get()).at(e.where().get()))
        .orElseGet(() -> check.pass("no event"));
  }

  private Check pcr(Measurement prediction) {
    var check = EvidenceCheck.ofPcr(prediction.pcr());
    var seen = seen(prediction.pcr());
    var expected = prediction.events();
    for (int i = 0; i < Math.max(seen.size(), expected.size()); i++) {
      if (i >= seen.size()) {
        return check
            .fail(words(expected.get(i)), "the log ends before it")
            .at("PCR %d, event %d of %d".formatted(prediction.pcr(), i + 1, expected.size()));
      }
      if (i >= expected.size() || !same(expected.get(i), seen.get(i))) {
        return check
            .fail(
                i >= expected.size() ? "no further event" : words(expected.get(i)),
                words(seen.get(i)))
            .at(seen.get(i).where().get());
      }
    }
    Optional<Digest> value = Optional.ofNullable(claimed.get(prediction.pcr()));
    return check.of(
        value.equals(Optional.of(prediction.value())),
        prediction.value().toString(),
        value.map(Digest::toString).orElse("no value"));
  }

  /** An entry of either log; words are made for those alone that a check names. */
  private record Seen(
      String type, Optional<Digest> digest, Supplier<String> words, Supplier<String> where) {}

  /** What the firmware's log and then the running system's have of a PCR. */
  private List<Seen> seen(int pcr) {
    List<Seen> seen = new ArrayList<>();
    for (TcgPcrEvent2 event : log.measuredEvents(pcr)) {
      seen.add(
          new Seen(
              event.untrustedType().name(),
              event.digest(bank),
              () -> LogEvents.describe(event),
              () -> LogEvents.where(event)));
    }
    for (UserspaceLog.Entry entry : userspace.entries(pcr)) {
      seen.add(new Seen(entry.type(), entry.digest(bank), entry::describe, entry::where));
    }
    return seen;
  }

  private static boolean same(Measurement.Event expected, Seen seen) {
    return seen.digest().equals(Optional.of(expected.digest()))
        && seen.type().equals(expected.type());
  }

  private static String words(Measurement.Event event) {
    return "%s  %s %s".formatted(event.digest(), event.type(), event.name());
  }

  private static String words(Seen seen) {
    return "%s  %s"
        .formatted(seen.digest().map(Digest::toString).orElse("no digest"), seen.words().get());
  }
}
