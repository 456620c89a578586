// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki profile check}: whether a PKI can be made from a profile. */
@Command(
    name = "check",
    description = {
      "Check a profile without making anything: every rule that 'pki init' would hold it to.",
      "",
      "Exit code 3 with line and column of what is wrong."
    },
    footer = {"", "Example:", "  trustme pki profile check mine.yaml"},
    mixinStandardHelpOptions = true)
final class ProfileCheckCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "NAME|FILE", description = "A shipped profile or a YAML file.")
  private String name = "";

  @Override
  public ExitCode call() throws IOException, FormatException {
    var report = ProfileReport.of(ProfileSource.of(name).profile());
    output.result(
        report,
        () ->
            "%s  can be issued: %s; next: trustme pki init --profile %s -o pki"
                .formatted(name, report.summary(), name));
    return ExitCode.ACCEPTED;
  }
}
