// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Replays an event log. */
@Command(
    name = "replay",
    description = {
      "Replay an event log to the PCR values it leads to, in every bank.",
      "",
      "With --pcrs, compare with values read from a TPM: exit 0 if all are equal, 1 if one differs."
          + " Then the log is not, or not all of, what this TPM measured. PCR 10 is IMA's and has"
          + " its own log: leave it out."
    },
    footer = {
      "",
      "Example:",
      "  trustme measure pcr read sha256:0,1,2,3,4,5,6,7 > pcrs.txt",
      "  trustme measure replay --pcrs pcrs.txt"
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private LogSource source = new LogSource();

  @Option(
      names = "--pcrs",
      paramLabel = "FILE",
      description =
          "Values to compare with: 'INDEX HEX' lines, what tpm2_pcrread prints, or the claims of an"
              + " evidence.json.")
  private @Nullable Path expected;

  /** The JSON document. */
  record Document(
      String schema,
      int startupLocality,
      Map<String, Map<String, String>> banks,
      List<Difference> differences) {}

  /** A PCR that is not what the file says. */
  record Difference(String bank, int pcr, String expected, String replayed, int events) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    ReplayedLog replayed = replay();
    List<Difference> differences =
        expected == null ? List.of() : differences(replayed, PcrFile.read(expected));
    Map<String, Map<String, String>> banks = new LinkedHashMap<>();
    for (HashAlgorithm bank : replayed.banks()) {
      Map<String, String> values = new LinkedHashMap<>();
      replayed
          .measuredPcrs()
          .forEach(pcr -> values.put(String.valueOf(pcr), replayed.pcr(bank, pcr).hex()));
      banks.put(bank.label(), values);
    }
    var document = new Document("trustme/replay/1", replayed.startupLocality(), banks, differences);
    output.result(document, () -> text(document));
    return differences.isEmpty() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private ReplayedLog replay() throws IOException, FormatException {
    try {
      return Replay.replay(source.read());
    } catch (FormatException e) {
      throw e.in(source.path().toString());
    }
  }

  private static List<Difference> differences(ReplayedLog log, List<PcrFile.Value> values) {
    List<Difference> differences = new ArrayList<>();
    for (PcrFile.Value value : values) {
      HashAlgorithm bank = value.digest().algorithm();
      String seen =
          log.banks().contains(bank) ? log.pcr(bank, value.pcr()).hex() : "(no such bank)";
      if (!seen.equals(value.digest().hex())) {
        int events = log.measuredEvents(value.pcr()).size();
        differences.add(
            new Difference(bank.label(), value.pcr(), value.digest().hex(), seen, events));
      }
    }
    return differences;
  }

  private String text(Document document) {
    var lines = new StringBuilder();
    document.banks.forEach((bank, values) -> {
      lines.append(bank).append(":\n");
      values.forEach((pcr, value) -> lines.append("%4s: %s%n".formatted(pcr, value)));
    });
    if (document.startupLocality != 0) {
      lines.append("PCR 0 starts at locality %d%n".formatted(document.startupLocality));
    }
    if (expected != null) {
      lines.append(comparison(document.differences));
    }
    return lines.toString();
  }

  private String comparison(List<Difference> differences) {
    if (differences.isEmpty()) {
      return output.good("all equal to " + expected);
    }
    String count = differences.size() == 1 ? "1 PCR differs" : differences.size() + " PCRs differ";
    var lines = new StringBuilder(output.bad(count)).append('\n');
    for (Difference difference : differences) {
      lines.append(
          "  PCR %d (%s)%n    expected  %s%n    replayed  %s  from %d events%n"
              .formatted(
                  difference.pcr,
                  difference.bank,
                  difference.expected,
                  difference.replayed,
                  difference.events));
    }
    return lines
        .append("see its events with: trustme measure log --pcr " + differences.getFirst().pcr)
        .toString();
  }
}
