// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.CredentialBlob;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  private static final int MAX_BYTES = 4096;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      required = true,
      description = "The credential.")
  private @Nullable Path input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Where to write the secret; only its owner may read it.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace existing files.")
  private boolean force;

  @Mixin private final AkOption ak = new AkOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path from = requireNonNull(input);
    Path to = requireNonNull(target);
    Outputs.requireAbsent(to, force);
    CredentialBlob blob = blob(from);
    tpm.use(tss -> {
      try (var key = ak.load(tss);
          var ek = tss.endorsementKeys().create(TpmWords.template(ak.template()))) {
        byte[] secret = tss.endorsementKeys().activate(key, ek, blob);
        try {
          Outputs.write(to, Bytes.copyOf(secret), Outputs.PRIVATE, force);
        } finally {
          Arrays.fill(secret, (byte) 0);
        }
        output.result(
            new Activated("trustme/activated/1", to.toString(), secret.length),
            () -> "%s  %d bytes, opened by this TPM".formatted(to, secret.length));
      }
    });
    return ExitCode.ACCEPTED;
  }

  private static CredentialBlob blob(Path file) throws IOException, FormatException {
    try {
      return CredentialBlob.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private record Activated(String schema, String secretFile, int bytes) {}
}
