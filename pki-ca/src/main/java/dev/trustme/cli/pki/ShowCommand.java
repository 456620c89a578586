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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki show}: the tree of a PKI folder, and whether its log is intact. */
@Command(
    name = "show",
    description = {
      "Show what a PKI folder holds: the tree of certificates and the state of the signing log.",
      "",
      "Needs no passphrase. Exit code 1 if the signing log was changed.",
      "",
      "With --expiring instead: what is in use and ends within that time, exit code 1 if there is"
          + " any, for monitoring."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki show pki",
      "  trustme pki show pki --expiring 90d --quiet"
    },
    mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Parameters(paramLabel = "DIR", description = "The PKI folder.")
  private @Nullable Path folder;

  @Option(
      names = "--expiring",
      paramLabel = "DAYS",
      converter = Days.class,
      description = "Only what ends within this time: 90d, 12w.")
  private Optional<Duration> expiring = Optional.empty();

  @Override
  public ExitCode call() throws IOException, FormatException {
    var pki = PkiFolder.open(requireNonNull(folder));
    var report = PkiReport.of(pki, times.now());
    if (expiring.isPresent()) {
      var expiry = ExpiryReport.of(pki, report, times.now(), expiring.get());
      output.result(expiry, expiry::text);
      return expiry.expiring().isEmpty() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
    }
    output.result(report, () -> report.text(-1));
    return report.log().intact() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }
}
