// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.predict.BootDescription;
import dev.trustme.predict.PathComparison;
import dev.trustme.predict.Prediction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The predicted paths held against one log: the JSON document.
 *
 * @param matched the paths whose every PCR is as predicted
 */
record LogComparison(
    String schema, HashAlgorithm bank, List<String> matched, List<PathComparison> paths) {
  private static final long MAX_BYTES = 64 << 20;

  /** Compares the given PCRs, or all that are predicted, in the strongest bank that both have. */
  static LogComparison of(
      BootDescription description, Set<HashAlgorithm> banks, Path file, Collection<Integer> pcrs)
      throws IOException, FormatException {
    ReplayedLog log = read(file);
    HashAlgorithm bank =
        banks.stream()
            .filter(log.banks()::contains)
            .reduce((weaker, stronger) -> stronger)
            .orElseThrow(() ->
                CommandFailure.usage(
                    "--bank: %s has none of these banks, it has %s"
                        .formatted(
                            file,
                            String.join(
                                ", ", log.banks().stream().map(HashAlgorithm::label).toList()))));
    List<PathComparison> paths = new ArrayList<>();
    for (Prediction prediction : Prediction.of(description, Set.of(bank))) {
      var comparison = PathComparison.of(prediction, log, bank);
      paths.add(
          new PathComparison(
              comparison.path(),
              comparison.differences().stream()
                  .filter(d -> pcrs.isEmpty() || pcrs.contains(d.pcr()))
                  .toList()));
    }
    var matched = paths.stream().filter(PathComparison::matches).map(PathComparison::path).toList();
    return new LogComparison("trustme/prediction-match/1", bank, matched, paths);
  }

  private static ReplayedLog read(Path file) throws IOException, FormatException {
    Bytes content = Inputs.read(file, MAX_BYTES);
    try {
      return Replay.replay(
          EventLog.parse(
              LogSource.isJson(content) ? Evidence.parse(content).logs().tcg() : content));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  String text(Output output) {
    if (!matched.isEmpty()) {
      return output.good("the machine booted by " + String.join(" or ", matched))
          + " (%s)".formatted(bank.label());
    }
    var lines = new StringBuilder(output.bad("no path matches the log")).append('\n');
    for (PathComparison path : paths) {
      lines.append("  %s%n".formatted(path.path()));
      for (var difference : path.differences()) {
        lines.append(
            "    PCR %-2d  event %d%n      predicted  %s%n      in the log %s%s%n"
                .formatted(
                    difference.pcr(),
                    difference.event(),
                    difference.predicted().orElse("no further event"),
                    difference.logged().orElse("ends before it"),
                    difference.number().map(n -> "  (number " + n + ")").orElse("")));
      }
    }
    return lines.toString();
  }
}
