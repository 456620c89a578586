// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.AuthenticodeSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.SignatureTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign signature insert}. */
@Command(
    name = "insert",
    description = {
      "Put signatures from files into an EFI program, behind those that it carries.",
      "",
      "Refused is a signature that was made for another program, that does not verify with the"
          + " certificate it carries, or that is there already."
    },
    mixinStandardHelpOptions = true)
final class SignatureInsertCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Destinations destinations = new Destinations();

  @Parameters(paramLabel = "FILE", description = "The program (PE), also in gzip.")
  private @Nullable Path file;

  @Option(
      names = "--signature",
      paramLabel = "FILE",
      required = true,
      description = "A detached signature (PKCS#7, DER or PEM); may be given several times.")
  private List<Path> signatures = new ArrayList<>();

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path path = requireNonNull(file);
    var program = Inputs.parse(path, ProgramFile::read);
    List<Bytes> all = new ArrayList<>(SignatureTable.of(program.image()));
    try (var run = destinations.open(List.of(path))) {
      for (Path each : signatures) {
        all.add(Inputs.parse(each, content -> fitting(each, content, program, all)));
      }
      var content = program.encode(SignatureTable.write(program.image(), all));
      run.write(path, content);
      for (var pending : run.pending()) {
        pending.commit();
      }
      ChangedSignatures changed =
          Inputs.parse(path + "", content, c -> ChangedSignatures.of(run.of(path), c));
      ChangedSignatures.report(List.of(changed), output);
    }
    return ExitCode.ACCEPTED;
  }

  private static Bytes fitting(Path name, Bytes content, ProgramFile program, List<Bytes> present)
      throws FormatException {
    var der = DetachedPkcs7.der(content);
    var signature = AuthenticodeSignature.parse(der);
    if (!signature.fits(program.image())) {
      throw CommandFailure.rejected(
          "%s: was made for another program: it names %s, and this one is %s"
              .formatted(
                  name,
                  signature.stated(),
                  program.image().authenticodeDigest(HashAlgorithm.SHA256)));
    }
    var signer = signature.signer();
    if (signer.isEmpty() || !signature.isBy(signer.get(), program.image())) {
      throw CommandFailure.rejected(
          "%s: does not verify with the certificate of %s".formatted(name, signature.signerName()));
    }
    if (present.contains(der)) {
      throw CommandFailure.rejected(name + ": is in the program already");
    }
    return der;
  }
}
