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

/** {@code pki enrol challenge}: judges a request and wraps a secret for its TPM. */
@Command(
    name = "challenge",
    description = {
      "Check an enrolment request and make a credential that only its TPM can open.",
      "",
      "The endorsement certificate must lead to one of the given roots, the attestation key must"
          + " be restricted and fixed to its TPM, and have certified the identity key and quoted"
          + " what the firmware measured; neither UUID nor TPM may be enrolled already. Exit code"
          + " 1, with the reasons, if not."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki enrol challenge --pki pki --request request.json --ek-roots maker.pem \\",
      "      -o challenge.blob",
      "Then, on the device: trustme device enrol activate -i challenge.blob -o secret"
    },
    mixinStandardHelpOptions = true)
final class EnrolChallengeCommand implements Callable<ExitCode> {
  @Mixin private EnrolChallenge challenge = new EnrolChallenge();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    return challenge.run(Optional.empty());
  }
}
