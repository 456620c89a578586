// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pki secure-boot revoke}: what firmware must never start again. */
@Command(
    name = "revoke",
    description = {
      "Add images or certificates to dbx and sign the update: firmware refuses them from then on.",
      "",
      "An image is named by its digest; a certificate, and all that it signed or issued, whole or"
          + " by its digest. What is in dbx can't be taken out by an append."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki secure-boot revoke --pki pki --image old.efi --append dbx-append.auth",
      "  trustme pki secure-boot revoke --pki pki --cert-hash pki/certs/boot.pem"
    },
    mixinStandardHelpOptions = true)
final class SecureBootRevokeCommand implements Callable<ExitCode> {
  @Mixin private UpdateOptions update = new UpdateOptions();
  @Mixin private EntryOptions options = new EntryOptions();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (!options.given()) {
      throw CommandFailure.usage("say what to revoke: --image, --hash, --cert or --cert-hash");
    }
    return update.run(
        SignatureVariable.dbx,
        (folder, current) ->
            current.merge(options.entries(new EfiGuid(folder.owner()), update.output())));
  }
}
