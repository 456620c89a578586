// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code measure nv write}. */
@Command(
    name = "write",
    description = "Write a file to the start of an NV index.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure nv write 0x01800010 content.bin"})
final class NvWriteCommand implements Callable<ExitCode> {
  private static final int MAX_BYTES = 65535;

  @Parameters(index = "0", paramLabel = "INDEX", description = "Which NV index.")
  private String index = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "What to write.")
  private @Nullable Path input;

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    long handle = TpmWords.nvIndex(index);
    Bytes content = Inputs.read(requireNonNull(input), MAX_BYTES);
    tpm.use(tss -> {
      hierarchies.apply(tss);
      try (var nv = tss.nv().index(handle);
          var secret = auth.existing("Authorization of the NV index")) {
        int size = nv.readPublic().dataSize();
        if (content.isEmpty() || content.size() > size) {
          throw CommandFailure.usage(
              "%s: %d bytes, the index holds 1 to %d".formatted(input, content.size(), size));
        }
        nv.authorize(secret);
        nv.write(content);
        var report = NvReport.of(nv.readPublic());
        output.result(report, report::text);
      }
    });
    return ExitCode.ACCEPTED;
  }
}
