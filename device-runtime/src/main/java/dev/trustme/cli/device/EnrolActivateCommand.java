// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.measure.CredentialFiles;
import dev.trustme.cli.measure.TpmOption;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code device enrol activate}. */
@Command(
    name = "activate",
    description = {
      "Open the credential of the enrolment authority.",
      "",
      "Only the TPM with both keys of the request can: that is the proof. Exit code 1 if this one"
          + " cannot."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  trustme device enrol activate -i challenge.blob -o secret",
      "Then, for the authority: trustme pki enrol complete --secret secret ..."
    })
final class EnrolActivateCommand implements Callable<ExitCode> {
  @Mixin private final CredentialFiles files = new CredentialFiles();
  @Mixin private final KeyPlacesOption places = new KeyPlacesOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var blob = files.read();
    tpm.use(tss -> {
      var where = places.in(tss);
      try (var ak = tss.keys().persistent(where.ak());
          var ek = tss.endorsementKeys().create(where.endorsement())) {
        var opened = files.open(tss, ak, ek, blob);
        output.result(
            opened,
            () ->
                "%s  opened by this TPM; next: trustme pki enrol complete"
                    .formatted(opened.secretFile()));
      }
    });
    return ExitCode.ACCEPTED;
  }
}
