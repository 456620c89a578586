// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.sign.ModuleFile;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.SignedFile;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign signature insert}. */
@Command(
    name = "insert",
    description = {
      "Put signatures from files into an EFI program, behind those that it carries, or one into a"
          + " kernel module that carries none.",
      "",
      "Refused is a signature that was made for another file, that does not verify with the"
          + " certificate it carries, or that is there already. Signatures of modules carry no"
          + " certificate as a rule: --cert names it."
    },
    mixinStandardHelpOptions = true)
final class SignatureInsertCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Destinations destinations = new Destinations();
  @Mixin private Rehearsal rehearsal = new Rehearsal();

  @Parameters(paramLabel = "FILE", description = "The program (PE, also in gzip) or module.")
  private @Nullable Path file;

  @Option(
      names = "--signature",
      paramLabel = "FILE",
      required = true,
      description = "A detached signature (PKCS#7, DER or PEM); may be given several times.")
  private List<Path> signatures = new ArrayList<>();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "For a module: the signer's certificate (PEM or DER).")
  private Optional<Path> cert = Optional.empty();

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path path = requireNonNull(file);
    var target = Inputs.parse(path, content -> SignedFile.read(path, content));
    requireMeant(target);
    List<Bytes> all = new ArrayList<>(target.signatures());
    try (var run = destinations.open(List.of(path))) {
      for (Path each : signatures) {
        all.add(fitting(each, target, all));
      }
      var content = target.with(all);
      run.write(path, content);
      ChangedSignatures changed =
          Inputs.parse(path + "", content, c -> ChangedSignatures.of(path, run.of(path), c));
      rehearsal.finish(output, run.pending());
      ChangedSignatures.report(List.of(changed), output);
    }
    return ExitCode.ACCEPTED;
  }

  private void requireMeant(SignedFile target) {
    switch (target) {
      case ProgramFile program -> {
        if (cert.isPresent()) {
          throw CommandFailure.usage("--cert: a program's signature carries its certificates");
        }
      }
      case ModuleFile module -> {
        if (signatures.size() > 1) {
          throw CommandFailure.usage("--signature: the kernel reads one signature of a module");
        }
        if (module.content().pkcs7().isPresent()) {
          throw CommandFailure.rejected(
              "%s: is signed already, and the kernel reads one signature: take it off first"
                  .formatted(file));
        }
      }
    }
  }

  private Bytes fitting(Path name, SignedFile target, List<Bytes> present)
      throws IOException, FormatException {
    List<X509CertificateHolder> certificates =
        cert.isPresent() ? Inputs.parse(cert.get(), Certificates::parse) : List.of();
    var signature =
        Inputs.parse(name, content -> FittingSignature.of(name, content, target, certificates));
    if (present.contains(signature.der())) {
      throw CommandFailure.rejected(name + ": is in the program already");
    }
    return signature.der();
  }
}
