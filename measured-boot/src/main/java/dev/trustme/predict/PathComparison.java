// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A predicted path held against a log: for each predicted PCR, the first event that is not the one
 * predicted. The log proves nothing by itself; a log of other events than the TPM's is for a quote
 * to uncover.
 *
 * @param differences at most one for each PCR; empty where the machine booted by this path
 */
public record PathComparison(String path, List<Difference> differences) {
  public PathComparison {
    differences = List.copyOf(differences);
  }

  /**
   * @param event which event of the PCR differs, from 1
   * @param predicted type, name and digest; absent where no further event is predicted
   * @param logged type and digest; absent where the log ends before it
   * @param number of the event in the log, from 0
   */
  public record Difference(
      int pcr,
      int event,
      Optional<String> predicted,
      Optional<String> logged,
      Optional<Integer> number) {}

  public boolean matches() {
    return differences.isEmpty();
  }

  /** Compares in one bank, which the log must have. */
  public static PathComparison of(Prediction prediction, ReplayedLog log, HashAlgorithm bank) {
    List<Difference> differences = new ArrayList<>();
    for (PredictedPcr pcr : prediction.pcrs()) {
      difference(pcr, log.measuredEvents(pcr.pcr()), bank).ifPresent(differences::add);
    }
    return new PathComparison(prediction.path(), differences);
  }

  private static Optional<Difference> difference(
      PredictedPcr pcr, List<TcgPcrEvent2> logged, HashAlgorithm bank) {
    var predicted = pcr.events();
    for (int i = 0; i < Math.max(predicted.size(), logged.size()); i++) {
      Optional<PredictedEvent> expected = at(predicted, i);
      Optional<TcgPcrEvent2> seen = at(logged, i);
      if (expected.isEmpty() || seen.isEmpty() || !same(expected.get(), seen.get(), bank)) {
        return Optional.of(
            new Difference(
                pcr.pcr(),
                i + 1,
                expected.map(e -> "%s %s  %s".formatted(e.type(), e.name(), e.digest(bank))),
                seen.map(e ->
                    "%s  %s"
                        .formatted(
                            e.untrustedType().name(),
                            e.digest(bank).map(Digest::toString).orElse("no digest"))),
                seen.map(TcgPcrEvent2::number)));
      }
    }
    return Optional.empty();
  }

  private static <T> Optional<T> at(List<T> events, int index) {
    return index < events.size() ? Optional.of(events.get(index)) : Optional.empty();
  }

  private static boolean same(PredictedEvent expected, TcgPcrEvent2 seen, HashAlgorithm bank) {
    return seen.digest(bank).equals(Optional.of(expected.digest(bank)))
        && seen.untrustedType().name().equals(expected.type());
  }
}
