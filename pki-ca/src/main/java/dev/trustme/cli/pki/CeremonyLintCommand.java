// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.CeremonyScript;
import dev.trustme.ceremony.ScriptLint;
import dev.trustme.ceremony.ScriptLint.Finding;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki ceremony lint}: a script in words, and whether it can be performed. */
@Command(
    name = "lint",
    description = {
      "Explain each step of a ceremony script in words, and refuse an impossible order.",
      "",
      "Exit code 1 if a step cannot be: an unknown participant, a file that nobody wrote, a"
          + " threshold above the number of custodians. Warnings do not count."
    },
    footer = {"", "Example:", "  trustme pki ceremony lint ceremony.yaml"},
    mixinStandardHelpOptions = true)
final class CeremonyLintCommand implements Callable<ExitCode> {
  static final int MAX_SCRIPT = 256 * 1024;

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "SCRIPT", description = "The ceremony's script (YAML).")
  private @Nullable Path script;

  /** What {@code --json} prints. */
  record Report(
      String schema, String script, boolean possible, List<String> steps, List<Finding> findings) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path file = requireNonNull(script);
    var parsed = parse(file, Inputs.read(file, MAX_SCRIPT));
    var findings = ScriptLint.findings(parsed);
    boolean possible = findings.stream().noneMatch(Finding::error);
    var report =
        new Report(
            "trustme/ceremony-lint/1",
            file.toString(),
            possible,
            ScriptLint.words(parsed),
            findings);
    output.result(report, () -> text(parsed, report));
    return possible ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  /** The script, or what is wrong with this file. */
  static CeremonyScript parse(Path file, Bytes text) throws FormatException {
    try {
      return CeremonyScript.parse(text);
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private String text(CeremonyScript parsed, Report report) {
    var text = new StringBuilder("%s, %s%n".formatted(parsed.name(), parsed.date()));
    text.append("%s%n".formatted(parsed.purpose().strip()));
    int number = 0;
    for (String words : report.steps()) {
      number++;
      text.append("%4d  %s%n".formatted(number, words.strip()));
    }
    for (Finding finding : report.findings()) {
      String where =
          finding.step() == 0
              ? ""
              : "step %d, line %d, column %d: "
                  .formatted(finding.step(), finding.line(), finding.column());
      String what = finding.error() ? output.bad("error") : "warning";
      text.append("%s: %s%s%n".formatted(what, where, finding.problem()));
    }
    text.append(
        report.possible()
            ? "Next: trustme pki ceremony rehearse " + report.script()
            : "This ceremony is impossible as it is written.");
    return text.toString();
  }
}
