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
import dev.trustme.sign.SignedFile;
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
    description =
        "Copy a signature of an EFI program or kernel module into a file of its own (PKCS#7, DER).",
    mixinStandardHelpOptions = true)
final class SignatureDetachCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Target target = new Target();
  @Mixin private Rehearsal rehearsal = new Rehearsal();

  @Parameters(paramLabel = "FILE", description = "The program (PE, also in gzip) or module.")
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
    Path path = requireNonNull(file);
    var signature = Inputs.parse(path, content -> signature(path, content));
    try (var staged = Outputs.stage(target.path(), Outputs.SHARED, target.force())) {
      staged.write(signature.buffer());
      rehearsal.finish(output, staged);
    }
    output.result(
        new Report(
            "trustme/detached-signature/1",
            target.path().toString(),
            signature.size(),
            HashAlgorithm.SHA256.digest(signature)),
        () -> "%s  %d bytes".formatted(target.path(), signature.size()));
    return ExitCode.ACCEPTED;
  }

  private Bytes signature(Path name, Bytes content) throws FormatException {
    var signatures = SignedFile.read(name, content).signatures();
    ChangedSignatures.require(index, signatures.size());
    return signatures.get(index - 1);
  }
}
