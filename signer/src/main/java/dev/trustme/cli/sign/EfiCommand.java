// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Acceleration;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign efi}: boot loaders, kernels and other EFI programs as they are. */
@Command(
    name = "efi",
    description = {
      "Sign EFI programs (boot loaders, kernels, shim) for firmware's db.",
      "",
      "A program stays as it is, padded to 8 bytes; the signature is appended. Kernels with an EFI"
          + " stub, AArch64 Images, also wrapped in gzip, and zboot kernels are such programs. With"
          + " several files one key signs all of them, and either all are written or none."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign efi shimx64.efi --pki pki -o shimx64.efi.signed",
      "  trustme sign efi boot/vmlinuz-* --pki pki --in-place --skip-signed",
      "  trustme sign efi grubx64.efi fbx64.efi --pki pki --add -o signed"
    },
    mixinStandardHelpOptions = true)
final class EfiCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Destinations destinations = new Destinations();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Programs (PE), plain or wrapped in gzip.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--add",
      description = "Put the signature beside those that a program carries already.")
  private boolean add;

  @Option(names = "--replace", description = "Take off the signatures that a program carries.")
  private boolean replace;

  @Option(
      names = "--skip-signed",
      description = "Leave programs as they are that this key has signed already.")
  private boolean skipSigned;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (add && replace) {
      throw CommandFailure.usage("--add or --replace, not both");
    }
    var carried =
        add ? EfiBatch.Carried.ADD : replace ? EfiBatch.Carried.REPLACE : EfiBatch.Carried.REFUSE;
    Acceleration.expect(files.size(), Inputs.totalSize(files));
    try (var run = destinations.open(files)) {
      var report = new EfiBatch(pki, carried, skipSigned, output).sign(files, run);
      output.result(report, report::text);
    }
    return ExitCode.ACCEPTED;
  }
}
