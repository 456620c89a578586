// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign efi}: a boot loader, kernel or other EFI program as it is. */
@Command(
    name = "efi",
    description = {
      "Sign an EFI program (boot loader, kernel, shim) for firmware's db.",
      "",
      "The program stays as it is, padded to 8 bytes; the signature is appended."
    },
    footer = {"", "Example:", "  trustme sign efi shimx64.efi --pki pki -o shimx64.efi.signed"},
    mixinStandardHelpOptions = true)
final class EfiCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "FILE", description = "The unsigned program (PE).")
  private @Nullable Path file;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    Path input = requireNonNull(file);
    var image = NamedInput.read(input, PeImage::parse);
    if (!image.certificates().isEmpty()) {
      throw CommandFailure.rejected(
          input + ": is signed already; 'sbattach --remove' takes a signature off");
    }
    var report = new SignedEfi(pki, "sign-efi").write(image, input.toString(), target);
    output.result(report, report::text);
    return ExitCode.ACCEPTED;
  }
}
