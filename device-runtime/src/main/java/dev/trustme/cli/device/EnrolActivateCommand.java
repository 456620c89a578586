// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.measure.TpmOption;
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

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Mixin private final KeyPlacesOption places = new KeyPlacesOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  private record Opened(String schema, String secretFile, int bytes) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path from = requireNonNull(input);
    Path to = requireNonNull(target);
    Outputs.requireAbsent(to, force);
    var blob = blob(from);
    tpm.use(tss -> {
      var where = places.in(tss);
      try (var ak = tss.keys().persistent(where.ak());
          var ek = tss.endorsementKeys().create(where.endorsement())) {
        byte[] secret = tss.endorsementKeys().activate(ak, ek, blob);
        try {
          Outputs.write(to, Bytes.copyOf(secret), Outputs.PRIVATE, force);
        } finally {
          Arrays.fill(secret, (byte) 0);
        }
        output.result(
            new Opened("trustme/activated/1", to.toString(), secret.length),
            () -> "%s  opened by this TPM; next: trustme pki enrol complete".formatted(to));
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
}
