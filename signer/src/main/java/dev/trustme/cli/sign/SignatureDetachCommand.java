// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.SignatureTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign signature detach}. */
@Command(
    name = "detach",
    description = "Copy a signature of an EFI program into a file of its own (PKCS#7, DER).",
    mixinStandardHelpOptions = true)
final class SignatureDetachCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "FILE", description = "The program (PE), also in gzip.")
  private @Nullable Path file;

  @Option(
      names = "--index",
      paramLabel = "N",
      defaultValue = "1",
      description = "Which signature, from 1 (default).")
  private int index = 1;

  /** What {@code --json} prints. */
  record Report(String schema, String file, long size, Digest sha256) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    target.requireFree();
    var signature = Inputs.parse(requireNonNull(file), this::signature);
    Outputs.write(target.path(), signature, target.force());
    output.result(
        new Report(
            "trustme/detached-signature/1",
            target.path().toString(),
            signature.size(),
            HashAlgorithm.SHA256.digest(signature)),
        () -> "%s  %d bytes".formatted(target.path(), signature.size()));
    return ExitCode.ACCEPTED;
  }

  private Bytes signature(Bytes content) throws FormatException {
    var signatures = SignatureTable.of(ProgramFile.read(content).image());
    ChangedSignatures.require(index, signatures.size());
    return signatures.get(index - 1);
  }
}
