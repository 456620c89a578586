// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.release.Measurement;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A release's predictions against the log and the claimed values: every predicted PCR has exactly
 * the predicted events, in their order, and the predicted value. The first event that differs is
 * named.
 */
final class PredictionAppraisal {
  /** Some boot paths measure nothing into these. */
  private static final List<Integer> IF_MEASURED = List.of(12, 14);

  private final ReplayedLog log;
  private final List<Integer> quoted;
  private final SortedMap<Integer, Digest> claimed;

  PredictionAppraisal(
      ReplayedLog log, TpmsPcrSelection selection, SortedMap<Integer, Digest> claimed) {
    this.log = log;
    this.quoted = selection.pcrs();
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
    return log.measuredEvents(pcr).stream()
        .findFirst()
        .map(e -> check.fail("no event", LogEvents.describe(e)).at(LogEvents.where(e)))
        .orElseGet(() -> check.pass("no event"));
  }

  private Check pcr(Measurement prediction) {
    var check = EvidenceCheck.ofPcr(prediction.pcr());
    var seen = log.measuredEvents(prediction.pcr());
    var expected = prediction.events();
    for (int i = 0; i < Math.max(seen.size(), expected.size()); i++) {
      if (i >= seen.size()) {
        return check
            .fail(words(expected.get(i)), "the log ends before it")
            .at("PCR %d, event %d of %d".formatted(prediction.pcr(), i + 1, expected.size()));
      }
      if (i >= expected.size() || !same(expected.get(i), seen.get(i), prediction)) {
        return check
            .fail(
                i >= expected.size() ? "no further event" : words(expected.get(i)),
                words(seen.get(i), prediction))
            .at(LogEvents.where(seen.get(i)));
      }
    }
    Optional<Digest> value = Optional.ofNullable(claimed.get(prediction.pcr()));
    return check.of(
        value.equals(Optional.of(prediction.value())),
        prediction.value().toString(),
        value.map(Digest::toString).orElse("no value"));
  }

  private static boolean same(
      Measurement.Event expected, TcgPcrEvent2 seen, Measurement prediction) {
    return seen.digest(prediction.bank()).equals(Optional.of(expected.digest()))
        && seen.untrustedType().name().equals(expected.type());
  }

  private static String words(Measurement.Event event) {
    return "%s  %s %s".formatted(event.digest(), event.type(), event.name());
  }

  private static String words(TcgPcrEvent2 event, Measurement prediction) {
    return "%s  %s"
        .formatted(
            event.digest(prediction.bank()).map(Digest::toString).orElse("no digest"),
            LogEvents.describe(event));
  }
}
