// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code measure nv increment}. */
@Command(
    name = "increment",
    description = {
      "Count an NV counter up by one.",
      "",
      "A new counter begins above every number that this TPM's counters ever had."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure nv increment 0x01800011"})
final class NvIncrementCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "INDEX", description = "Which NV index.")
  private String index = "";

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    long handle = TpmWords.nvIndex(index);
    tpm.use(tss -> {
      hierarchies.apply(tss);
      try (var nv = tss.nv().index(handle);
          var secret = auth.existing("Authorization of the NV index")) {
        nv.authorize(secret);
        nv.increment();
        Bytes value = nv.read();
        String number = Long.toUnsignedString(value.buffer().getLong());
        output.result(
            new Counted("trustme/nv-counter/1", "0x%08x".formatted(handle), number),
            () -> "0x%08x  %s".formatted(handle, number));
      }
    });
    return ExitCode.ACCEPTED;
  }

  /** The value as decimal text: JSON numbers end at 2^53. */
  private record Counted(String schema, String nvIndex, String value) {}
}
