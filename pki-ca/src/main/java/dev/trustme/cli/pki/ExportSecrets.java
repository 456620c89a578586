// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How what is exported is protected: under a passphrase of its own, never the PKI's. */
final class ExportSecrets {
  @Option(
      names = "--with-key",
      description = "Export the private key too; it is encrypted, and the signing log says so.")
  private boolean withKey;

  @Option(
      names = "--plaintext-keys",
      description =
          "Do not encrypt keys; in the gyroidos layout, those of the build (its authorities for"
              + " people stay encrypted).")
  private boolean plaintextKeys;

  @Option(
      names = "--export-pass-file",
      paramLabel = "FILE",
      description = "Read the passphrase of what is exported from this file's first line.")
  private @Nullable Path passFile;

  boolean withKey() {
    return withKey;
  }

  /** Whether keys are written as they are. */
  boolean plaintext(Output output) {
    if (plaintextKeys && !withKey) {
      throw CommandFailure.usage("--plaintext-keys: only with --with-key");
    }
    if (plaintextKeys) {
      output.warn("private keys are written unencrypted");
    }
    return plaintextKeys;
  }

  /** The export's own passphrase; the caller wipes it. */
  char[] passphrase() throws IOException {
    return passFile == null
        ? new Secrets().newPassphrase("Passphrase for what is exported")
        : Secrets.firstLineOf(passFile);
  }
}
