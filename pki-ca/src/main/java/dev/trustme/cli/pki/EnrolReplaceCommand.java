// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki enrol replace}: challenges a device that is enrolled already. */
@Command(
    name = "replace",
    description = {
      "Challenge a device that is enrolled already: repaired with another TPM, or begun anew.",
      "",
      "As 'challenge', for this one UUID. Until 'complete' the old enrolment holds; then its"
          + " certificates are revoked, and the new record names the one that it replaces."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki enrol replace 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44 --pki pki \\",
      "      --request request.json --ek-roots maker.pem -o challenge.blob"
    },
    mixinStandardHelpOptions = true)
final class EnrolReplaceCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "UUID", description = "The device.")
  private String uuid = "";

  @Mixin private EnrolChallenge challenge = new EnrolChallenge();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    return challenge.run(Optional.of(EnrolFolder.device(uuid)));
  }
}
