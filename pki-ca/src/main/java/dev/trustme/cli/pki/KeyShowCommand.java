// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki key show}: opens a key and prints its public half. */
@Command(
    name = "show",
    description = {
      "Open a key and print its type, the fingerprint of its public key, and the public key.",
      "",
      "Exit code 1 if the passphrase or PIN is wrong: it is tried once."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki key show keys/boot.pem",
      "  trustme pki key show 'pkcs11:token=ca;object=root?module-name=softhsm2'"
    },
    mixinStandardHelpOptions = true)
final class KeyShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();

  @Parameters(paramLabel = "REF", converter = KeyReferenceConverter.class, description = "The key.")
  private @Nullable KeyReference reference;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var named = requireNonNull(reference);
    try (var passphrase = Passphrase.ask("Passphrase of " + named, secrets::passphrase);
        var key = Keys.open(named, passphrase)) {
      var report = KeyReport.of(named, key);
      output.result(report, report::text);
      return ExitCode.ACCEPTED;
    }
  }
}
