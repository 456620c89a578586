// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.files.Inputs;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import dev.trustme.key.Pkcs12File;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki key convert}: the same key in another file, under another passphrase. */
@Command(
    name = "convert",
    description = {
      "Write a key that is in a file into another file, under its own passphrase: PKCS#8 to"
          + " PKCS#12 and back, or one of them anew. The first file stays.",
      "",
      "Keys of tokens and TPMs never leave them."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki key convert keys/tls.pem 'pkcs12:tls.p12?alias=tls' --cert certs/tls.pem",
      "  trustme pki key convert pkcs12:old.p12 new.pem --new-pass-file new"
    },
    mixinStandardHelpOptions = true)
final class KeyConvertCommand implements Callable<ExitCode> {
  private static final int MAX_BYTES = 1 << 20;

  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();

  @Parameters(
      index = "0",
      paramLabel = "FROM",
      converter = KeyReferenceConverter.class,
      description = "The key: a file or pkcs12:FILE.")
  private @Nullable KeyReference from;

  @Parameters(
      index = "1",
      paramLabel = "TO",
      converter = KeyReferenceConverter.class,
      description = "The new file: FILE or pkcs12:FILE?alias=NAME.")
  private @Nullable KeyReference to;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificates to put beside the key in PKCS#12, the key's own first.")
  private @Nullable Path certificates;

  @Option(
      names = "--new-pass-file",
      paramLabel = "FILE",
      description = "Read the new passphrase from this file's first line.")
  private @Nullable Path newPassFile;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var target = requireNonNull(to);
    KeyGenerateCommand.requireAbsent(file(target));
    requireFile(requireNonNull(from));
    try (var old = Passphrase.ask("Passphrase of " + from, secrets::passphrase);
        var key = Keys.open(requireNonNull(from), old);
        var fresh = Passphrase.ask("New passphrase of " + target, this::newPassphrase)) {
      write(target, key, fresh);
      var report = KeyReport.of(target, key);
      output.result(report, report::text);
      return ExitCode.ACCEPTED;
    }
  }

  private char[] newPassphrase(String purpose) throws IOException {
    return newPassFile == null
        ? new Secrets().newPassphrase(purpose)
        : Secrets.firstLineOf(newPassFile);
  }

  private void write(KeyReference target, SigningKey key, Passphrase fresh)
      throws IOException, FormatException, GeneralSecurityException {
    if (target instanceof KeyReference.Pkcs12 pkcs12) {
      var chain = chain();
      if (!chain.isEmpty() && !chain.getFirst().getSubjectPublicKeyInfo().equals(key.publicKey())) {
        throw CommandFailure.rejected(
            certificates + ": does not begin with this key's certificate");
      }
      var entry = new Pkcs12File.Entry(pkcs12.alias().orElse(""), key, chain);
      Pkcs12File.write(pkcs12.path(), entry, fresh);
    } else {
      KeyFile.write(file(target), key, KeyProtection.encrypted(fresh));
    }
  }

  private List<X509CertificateHolder> chain() throws IOException, FormatException {
    if (certificates == null) {
      return List.of();
    }
    try {
      return Certificates.parse(Inputs.read(certificates, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(certificates.toString());
    }
  }

  private static void requireFile(KeyReference reference) {
    var unused = file(reference);
  }

  private static Path file(KeyReference reference) {
    return switch (reference) {
      case KeyReference.KeyPath file -> file.path();
      case KeyReference.Pkcs12 file -> file.path();
      case KeyReference.Pkcs11 token -> throw stays(token);
      case KeyReference.TpmFile tpm -> throw stays(tpm);
      case KeyReference.TpmHandle tpm -> throw stays(tpm);
    };
  }

  private static CommandFailure stays(KeyReference reference) {
    return CommandFailure.usage(reference + ": convert reads and writes files; this key stays");
  }
}
