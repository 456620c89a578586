// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.ima.BootAggregate;
import dev.trustme.ima.ImaFinding;
import dev.trustme.ima.ImaInspection;
import dev.trustme.ima.ImaMatch;
import dev.trustme.ima.ImaReplay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The JSON document of {@code measure ima}; {@code log} is left out of a summary. */
record ImaReport(
    String schema,
    String format,
    long entries,
    Replayed replay,
    Optional<Match> match,
    Optional<Aggregate> bootAggregate,
    Optional<List<Finding>> findings,
    Optional<List<ImaRow>> log) {
  static final String SCHEMA = "trustme/ima-log/1";

  /** What the log leads to. */
  record Replayed(
      int pcr,
      Digest value,
      long entries,
      long otherPcrs,
      long violations,
      long wrongTemplateHashes,
      Optional<Long> firstWrongTemplateHash) {
    static Replayed of(int pcr, ImaReplay replay) {
      OptionalLong first = replay.firstWrongTemplateHash();
      return new Replayed(
          pcr,
          replay.value(),
          replay.entries(),
          replay.otherPcrs(),
          replay.violations(),
          replay.wrongTemplateHashes(),
          first.isPresent() ? Optional.of(first.getAsLong()) : Optional.empty());
    }
  }

  /** How the given value and the log relate; result exact, log-ahead or none. */
  record Match(Digest expected, String result, long entries, long ahead) {
    static Match of(Digest expected, ImaMatch match) {
      return switch (match) {
        case ImaMatch.Exact exact -> new Match(expected, "exact", exact.entries(), 0);
        case ImaMatch.LogAhead log -> new Match(expected, "log-ahead", log.entries(), log.ahead());
        case ImaMatch.None none -> new Match(expected, "none", 0, 0);
      };
    }

    /** A value from before the first entry says nothing of the log. */
    boolean found() {
      return !result.equals("none") && !coversNothing();
    }

    private boolean coversNothing() {
      return entries == 0 && ahead > 0;
    }

    String text() {
      if (coversNothing()) {
        return "%s is the start value: it covers none of the %d entries".formatted(expected, ahead);
      }
      return switch (result) {
        case "exact" -> "equal to %s after all %d entries".formatted(expected, entries);
        case "log-ahead" ->
            "equal to %s after %d entries; %d more follow that it does not cover"
                .formatted(expected, entries, ahead);
        default ->
            "no number of entries leads to %s: the log ends before it, or was altered"
                .formatted(expected);
      };
    }
  }

  /** The first entry's digest; {@code of} is absent if it is not the hash of the given PCRs. */
  record Aggregate(String digest, Optional<String> of) {
    static Aggregate of(String digest, Optional<BootAggregate> variant) {
      return new Aggregate(digest, variant.map(v -> "PCR 0 to %d".formatted(v.pcrs() - 1)));
    }
  }

  /** One kind of finding: how often, and the first entries it was found in. */
  record Finding(String kind, long count, List<Long> first, String detail) {
    private static final int SHOWN = 10;

    static List<Finding> of(ImaInspection inspection) {
      List<Finding> all = new ArrayList<>();
      for (ImaFinding.Kind kind : inspection.kinds()) {
        List<ImaFinding> findings = inspection.findings(kind);
        all.add(
            new Finding(
                kind.label(),
                inspection.count(kind),
                findings.stream().limit(SHOWN).map(ImaFinding::number).toList(),
                findings.getFirst().detail()));
      }
      return all;
    }

    String text() {
      String entries = first.stream().map(String::valueOf).collect(Collectors.joining(", "));
      return "%-26s %d: entry %s%s  %s"
          .formatted(kind, count, entries, count > first.size() ? ", …" : "", detail);
    }
  }

  boolean agrees() {
    return match.map(m -> m.found() && replay.wrongTemplateHashes == 0).orElse(true)
        && bootAggregate.map(a -> a.of.isPresent()).orElse(true);
  }
}
