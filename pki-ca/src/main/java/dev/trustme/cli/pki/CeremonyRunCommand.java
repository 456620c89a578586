// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki ceremony run}: the real one. */
@Command(
    name = "run",
    description = {
      "Perform a ceremony script: make keys, give shares to custodians, sign a transcript.",
      "",
      "Participants confirm on the terminal by typing their name in the script. A step that fails"
          + " ends the ceremony; the folder then holds an unsigned transcript of what was done, and"
          + " a new ceremony begins in a new folder. Put the folder on a memory file system."
    },
    footer = {"", "Example:", "  trustme pki ceremony run ceremony.yaml -o /run/ceremony"},
    mixinStandardHelpOptions = true)
final class CeremonyRunCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  @Parameters(paramLabel = "SCRIPT", description = "The ceremony's script (YAML).")
  private @Nullable Path script;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The ceremony's folder; it must not exist.")
  private @Nullable Path target;

  @Option(
      names = "--confirmed",
      paramLabel = "FILE",
      description = "Take confirmations from lines 'STEP PARTICIPANT'; the transcript says so.")
  private @Nullable Path confirmed;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path folder = requireNonNull(target);
    requireNew(folder);
    var desk = confirmed == null ? ConfirmationDesk.terminal() : ConfirmationDesk.file(confirmed);
    var stage = new CeremonyStage.Real(output, times, desk, secrets);
    var report = CeremonyReport.perform(requireNonNull(script), folder, stage);
    output.result(report, report::text);
    return ExitCode.ACCEPTED;
  }

  /** There is no --force: what a ceremony made is not made again in its place. */
  static void requireNew(Path folder) {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandFailure.usage(folder + ": exists already; a ceremony begins in a new folder");
    }
  }
}
