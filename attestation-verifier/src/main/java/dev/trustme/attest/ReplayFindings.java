// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.ReplayDiagnosis;
import dev.trustme.eventlog.ReplayHint;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Why a log does not lead to the quoted values, as far as it can be told. */
final class ReplayFindings {
  /** PCRs that every boot extends. */
  private static final List<Integer> FIRMWARE = List.of(0, 1, 2, 3, 4, 5, 6, 7);

  private static final String OTHER_BOOT =
      "no PCR of the firmware agrees: this is the log of another boot or of another machine";

  private final ReplayedLog log;
  private final HashAlgorithm bank;

  ReplayFindings(ReplayedLog log, HashAlgorithm bank) {
    this.log = log;
    this.bank = bank;
  }

  /** The finding for PCRs that differ; at least one does. */
  Check of(List<Integer> differing, SortedMap<Integer, Digest> claimed) {
    var diagnosis = new ReplayDiagnosis(log);
    List<String> expected = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (int pcr : differing) {
      var value = Optional.ofNullable(claimed.get(pcr));
      expected.add(value.map(Digest::toString).orElse("a claimed value"));
      seen.add(
          "%s%s"
              .formatted(log.pcr(bank, pcr), value.map(v -> cause(diagnosis, pcr, v)).orElse("")));
    }
    if (differing.containsAll(FIRMWARE)) {
      seen.add(OTHER_BOOT);
    }
    return EvidenceCheck.LOG_REPLAY
        .fail(String.join("; ", expected), String.join("; ", seen))
        .at("PCR " + differing.stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }

  private static String cause(ReplayDiagnosis diagnosis, int pcr, Digest value) {
    var hints = diagnosis.explain(pcr, value, List.of());
    return hints.isEmpty()
        ? ""
        : hints.stream()
            .map(ReplayHint::words)
            .collect(Collectors.joining("; ", " (the quoted value ", ")"));
  }
}
