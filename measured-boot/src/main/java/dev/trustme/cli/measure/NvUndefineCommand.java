// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code measure nv undefine}. */
@Command(
    name = "undefine",
    description = "Remove an NV index and its content; the TPM's owner allows it.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure nv undefine 0x01800010"})
final class NvUndefineCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "INDEX", description = "Which NV index.")
  private String index = "";

  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    long handle = TpmWords.nvIndex(index);
    tpm.use(tss -> {
      hierarchies.apply(tss);
      tss.nv().undefine(handle);
      output.result(
          new Removed("trustme/nv-removed/1", "0x%08x".formatted(handle)),
          () -> "0x%08x  removed".formatted(handle));
    });
    return ExitCode.ACCEPTED;
  }

  private record Removed(String schema, String nvIndex) {}
}
