// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.sign.SignedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign signature remove}. */
@Command(
    name = "remove",
    description = {
      "Take the signatures off EFI programs and kernel modules, all or one of them.",
      "",
      "A file without any stays as it is. All files are written, or none."
    },
    mixinStandardHelpOptions = true)
final class SignatureRemoveCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Destinations destinations = new Destinations();
  @Mixin private Rehearsal rehearsal = new Rehearsal();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Programs (PE, also in gzip) and modules.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--index",
      paramLabel = "N",
      description = "Only the Nth signature, from 1, as 'show' counts them.")
  private Optional<Integer> index = Optional.empty();

  @Override
  public ExitCode call() throws IOException, FormatException {
    List<ChangedSignatures> changed = new ArrayList<>();
    try (var run = destinations.open(files)) {
      for (Path file : files) {
        var content = Inputs.parse(file, found -> without(file, found));
        run.write(file, content);
        changed.add(
            Inputs.parse(file + "", content, c -> ChangedSignatures.of(file, run.of(file), c)));
      }
      rehearsal.finish(output, run.pending());
    }
    ChangedSignatures.report(changed, output);
    return ExitCode.ACCEPTED;
  }

  private Bytes without(Path name, Bytes content) throws FormatException {
    var file = SignedFile.read(name, content);
    List<Bytes> signatures = new ArrayList<>(file.signatures());
    if (index.isPresent()) {
      ChangedSignatures.require(index.get(), signatures.size());
      signatures.remove(index.get() - 1);
    } else {
      signatures.clear();
    }
    return signatures.equals(file.signatures()) ? content : file.with(signatures);
  }
}
