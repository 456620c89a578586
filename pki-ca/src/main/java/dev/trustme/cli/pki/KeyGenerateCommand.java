// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.key.KeyReference;
import dev.trustme.key.KeyType;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki key generate}: a new key in a file, a token or a TPM. */
@Command(
    name = "generate",
    description = {
      "Make a new key where the reference says. A key that is there already stays.",
      "",
      "Files are encrypted (PBES2, AES-256). A token's key is made in the token and cannot be"
          + " extracted; its URI needs object=, and may have id=. A TPM's key is made under the"
          + " owner's storage key: tpm2:FILE for a file that only this TPM can use, tpm2:0x81… for a"
          + " persistent key."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki key generate keys/layer.pem --type ec-p384",
      "  trustme pki key generate 'pkcs11:token=ca;object=root?module-name=softhsm2' --type rsa-4096",
      "  trustme pki key generate tpm2:log.pem --type ec-p256"
    },
    mixinStandardHelpOptions = true)
final class KeyGenerateCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();

  @Parameters(
      paramLabel = "REF",
      converter = KeyReferenceConverter.class,
      description = "Where the key will be.")
  private @Nullable KeyReference reference;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      required = true,
      converter = KeyTypeConverter.class,
      description =
          "rsa-2048|3072|4096, rsa-pss-2048|3072|4096, ec-p256|p384|p521, ed25519,"
              + " ml-dsa-44|65|87; tokens and TPMs can do some of them.")
  private @Nullable KeyType type;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var named = requireNonNull(reference);
    requireAbsent(named);
    try (var passphrase = Passphrase.ask("Passphrase of " + named, source(named));
        var key = Keys.generate(named, requireNonNull(type), passphrase)) {
      var report = KeyReport.of(named, key);
      output.result(report, report::text);
      return ExitCode.ACCEPTED;
    }
  }

  /** Before anybody is asked for a passphrase. */
  private static void requireAbsent(KeyReference reference) throws IOException {
    switch (reference) {
      case KeyReference.KeyPath file -> requireAbsent(file.path());
      case KeyReference.Pkcs12 file -> requireAbsent(file.path());
      case KeyReference.TpmFile file -> requireAbsent(file.path());
      case KeyReference.Pkcs11 token -> {}
      case KeyReference.TpmHandle handle -> {}
    }
  }

  /** A key is never replaced, so there is no --force to speak of. */
  static void requireAbsent(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "exists already; a key is never replaced");
    }
  }

  /** A token's PIN exists already; all other secrets are new. */
  private Passphrase.Source source(KeyReference reference) {
    return reference instanceof KeyReference.Pkcs11 ? secrets::passphrase : secrets::newPassphrase;
  }
}
