// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.issue.PkiFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki show}: the tree of a PKI folder, and whether its log is intact. */
@Command(
    name = "show",
    description = {
      "Show what a PKI folder holds: the tree of certificates and the state of the signing log.",
      "",
      "Needs no passphrase. Exit code 1 if the signing log was changed."
    },
    footer = {"", "Example:", "  trustme pki show pki"},
    mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Parameters(paramLabel = "DIR", description = "The PKI folder.")
  private @Nullable Path folder;

  @Override
  public ExitCode call() throws IOException, FormatException {
    var report = PkiReport.of(PkiFolder.open(requireNonNull(folder)), times.now());
    output.result(report, () -> report.text(-1));
    return report.log().intact() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }
}
