// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.CredentialBlob;
import dev.trustme.tss.TpmObject;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The credential that a command opens, and the file that gets its secret. */
public final class CredentialFiles {
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

  /** What {@code --json} prints. */
  public record Opened(String schema, String secretFile, int bytes) {}

  /** The credential; an output that exists already is refused before anybody asks a TPM. */
  public CredentialBlob read() throws IOException, FormatException {
    Path from = requireNonNull(input);
    Outputs.requireAbsent(requireNonNull(target), force);
    try {
      return CredentialBlob.parse(Inputs.read(from, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(from.toString());
    }
  }

  /** Opens it with both keys of this TPM and writes the secret. */
  public Opened open(TssContext tss, TpmObject ak, TpmObject ek, CredentialBlob blob)
      throws IOException {
    Path to = requireNonNull(target);
    byte[] secret = tss.endorsementKeys().activate(ak, ek, blob);
    try {
      Outputs.write(to, Bytes.copyOf(secret), Outputs.PRIVATE, force);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
    return new Opened("trustme/activated/1", to.toString(), secret.length);
  }
}
