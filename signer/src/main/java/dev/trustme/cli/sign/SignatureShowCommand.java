// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.sign.ModuleFile;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.SignedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign signature show}. */
@Command(
    name = "show",
    description = {
      "Show the signatures that EFI programs and kernel modules carry, and whether each was made for"
          + " its file.",
      "",
      "A module's signature carries no certificate as a rule; then only its signer's name is told."
          + " Who would trust a signature is another question: 'trustme verify artifact'."
    },
    mixinStandardHelpOptions = true)
final class SignatureShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Programs (PE, also in gzip) and modules.")
  private List<Path> files = new ArrayList<>();

  /** What {@code --json} prints. */
  record Report(String schema, List<ShownFile> files) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    List<ShownFile> shown = new ArrayList<>();
    for (Path file : files) {
      shown.add(Inputs.parse(file, content -> show(file, content)));
    }
    output.result(
        new Report("trustme/signatures/1", shown),
        () -> String.join("\n", shown.stream().map(ShownFile::text).toList()));
    return ExitCode.ACCEPTED;
  }

  private static ShownFile show(Path file, Bytes content) throws FormatException {
    return switch (SignedFile.read(file, content)) {
      case ProgramFile program -> ShownProgram.of(file, content.size(), program);
      case ModuleFile module -> ShownModule.of(file, content.size(), module);
    };
  }
}
