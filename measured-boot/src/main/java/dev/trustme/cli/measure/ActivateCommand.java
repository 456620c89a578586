// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code measure activate}. */
@Command(
    name = "activate",
    description = {
      "Open a credential: proof that attestation key and endorsement key are in this TPM.",
      "",
      "Takes what 'trustme pki enrol challenge' and tpm2_makecredential write."
    },
    footer = {
      "",
      "Example:",
      "  trustme measure activate --ak 0x81010002 -i challenge.blob -o secret",
      "Then, for the authority: trustme pki enrol complete --secret secret ..."
    },
    mixinStandardHelpOptions = true)
final class ActivateCommand implements Callable<ExitCode> {
  @Mixin private final CredentialFiles files = new CredentialFiles();
  @Mixin private final AkOption ak = new AkOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var blob = files.read();
    tpm.use(tss -> {
      try (var key = ak.load(tss);
          var ek = tss.endorsementKeys().create(TpmWords.template(ak.template()))) {
        var opened = files.open(tss, key, ek, blob);
        output.result(
            opened,
            () ->
                "%s  %d bytes, opened by this TPM".formatted(opened.secretFile(), opened.bytes()));
      }
    });
    return ExitCode.ACCEPTED;
  }
}
