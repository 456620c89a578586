// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code measure nv read}. */
@Command(
    name = "read",
    description = "Read an NV index: as hexadecimal, or with -o into a file.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure nv read 0x01c00002 -o ek-certificate.der"})
final class NvReadCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "INDEX", description = "Which, from 0x01000000 to 0x01ffffff.")
  private String index = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the content as it is, for its owner alone.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    long handle = TpmWords.nvIndex(index);
    if (target != null) {
      Outputs.requireAbsent(target, force);
    }
    tpm.use(tss -> {
      hierarchies.apply(tss);
      try (var nv = tss.nv().index(handle);
          var secret = auth.existing("Authorization of the NV index")) {
        nv.authorize(secret);
        Bytes content = nv.read();
        if (target != null) {
          Outputs.write(target, content, Outputs.PRIVATE, force);
        }
        output.result(
            new Content("trustme/nv-content/1", "0x%08x".formatted(handle), content),
            () ->
                target == null ? content.hex() : "%s  %d bytes".formatted(target, content.size()));
      }
    });
    return ExitCode.ACCEPTED;
  }

  private record Content(String schema, String nvIndex, Bytes content) {}
}
