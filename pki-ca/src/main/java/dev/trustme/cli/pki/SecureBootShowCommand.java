// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki secure-boot show}: every entry of a file with Secure Boot keys. */
@Command(
    name = "show",
    description = {
      "List the certificates and digests in signature lists (.esl), a signed update (.auth), a file"
          + " of efivarfs, or a variable store of OVMF.",
      "",
      "Nothing is verified here; 'verify' does that for a signed update."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki secure-boot show OVMF_VARS.fd",
      "  trustme pki secure-boot show"
          + " /sys/firmware/efi/efivars/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
    },
    mixinStandardHelpOptions = true)
final class SecureBootShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE", description = "The file; its kind is seen from its content.")
  private @Nullable Path file;

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path path = requireNonNull(file);
    try {
      var report = SecureBootReport.of(path.toString(), SecureBootFiles.read(path));
      output.result(report, report::text);
      return ExitCode.ACCEPTED;
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }
}
