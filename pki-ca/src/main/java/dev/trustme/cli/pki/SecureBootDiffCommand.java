// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki secure-boot diff}: what two databases do not share. */
@Command(
    name = "diff",
    description = {
      "Compare two databases entry by entry: - is only in OLD, + only in NEW.",
      "",
      "Exit code 0 if both hold the same entries, 1 if not."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki secure-boot diff OVMF_VARS.fd pki/secure-boot/db.auth --variable db"
    },
    mixinStandardHelpOptions = true)
final class SecureBootDiffCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(index = "0", paramLabel = "OLD", description = "A file, as 'show' reads it.")
  private @Nullable Path older;

  @Parameters(index = "1", paramLabel = "NEW", description = "The file to compare it with.")
  private @Nullable Path newer;

  @Option(
      names = "--variable",
      paramLabel = "NAME",
      defaultValue = "db",
      description = "Which variable of a variable store. Default: ${DEFAULT-VALUE}.")
  private String variable = "db";

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String variable,
      List<SecureBootReport.Line> removed,
      List<SecureBootReport.Line> added) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    var name = SecureBootFiles.variable(variable);
    var difference =
        SecureBootFiles.database(requireNonNull(older), name)
            .difference(SecureBootFiles.database(requireNonNull(newer), name));
    var removed = difference.removed().stream().map(SecureBootReport.Line::of).toList();
    var added = difference.added().stream().map(SecureBootReport.Line::of).toList();
    output.result(
        new Report("trustme/secure-boot-diff/1", variable, removed, added),
        () -> text(removed, added));
    return difference.isEmpty() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private static String text(
      List<SecureBootReport.Line> removed, List<SecureBootReport.Line> added) {
    var text = new StringBuilder();
    removed.forEach(line -> text.append("- ").append(line.text()).append('\n'));
    added.forEach(line -> text.append("+ ").append(line.text()).append('\n'));
    return text.isEmpty() ? "both hold the same entries" : text.toString();
  }
}
