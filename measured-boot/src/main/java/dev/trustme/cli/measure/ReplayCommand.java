// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.nio.file.Path;
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
          + " Then the log is not, or not all of, what this TPM measured, and hints say what would"
          + " explain it. PCR 10 is IMA's and has its own log: leave it out."
    },
    footer = {
      "",
      "Examples:",
      "  trustme measure pcr read sha256:0,1,2,3,4,5,6,7 > pcrs.txt",
      "  trustme measure replay --pcrs pcrs.txt",
      "  trustme measure replay --format cc ccel.bin"
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private LogSource source = new LogSource();

  @Option(
      names = "--pcrs",
      paramLabel = "FILE",
      description =
          "Values to compare with: 'INDEX HEX' lines, what tpm2_pcrread prints, what 'pcr read"
              + " --json' prints, the file that tpm2_quote -o or tpm2_pcrread -F serialized -o"
              + " writes, or the claims of an evidence.json. With --format cc the index is the"
              + " register's: 1 to 4 for RTMR0 to 3.")
  private @Nullable Path expected;

  /** The JSON document; a register is a PCR's number or RTMR0 to RTMR3. */
  record Document(
      String schema,
      String format,
      int startupLocality,
      Map<String, Map<String, String>> banks,
      List<ReplayComparison.Difference> differences) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    ReplayComparison replay = replay();
    List<ReplayComparison.Difference> differences =
        expected == null ? List.of() : replay.differences(PcrFile.read(expected));
    var document =
        new Document(
            "trustme/replay/1",
            source.format().name(),
            replay.startupLocality(),
            replay.values(),
            differences);
    output.result(document, () -> text(document));
    return differences.isEmpty() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private ReplayComparison replay() throws IOException, FormatException {
    try {
      return switch (source.format()) {
        case tpm -> ReplayComparison.of(source.read());
        case cc -> ReplayComparison.of(source.readCc());
      };
    } catch (FormatException e) {
      throw e.in(source.path().toString());
    }
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

  private String comparison(List<ReplayComparison.Difference> differences) {
    if (differences.isEmpty()) {
      return output.good("all equal to " + expected);
    }
    String count = differences.size() == 1 ? "1 PCR differs" : differences.size() + " PCRs differ";
    var lines = new StringBuilder(output.bad(count)).append('\n');
    for (ReplayComparison.Difference difference : differences) {
      lines.append(
          "  %s (%s)%n    expected  %s%n    replayed  %s  from %d events%n"
              .formatted(
                  difference.register(),
                  difference.bank(),
                  difference.expected(),
                  difference.replayed(),
                  difference.events()));
      difference.hints().forEach(hint -> lines.append("    %s%n".formatted(hint.words())));
    }
    return lines
        .append("see its events with: trustme measure log --pcr " + differences.getFirst().pcr())
        .toString();
  }
}
