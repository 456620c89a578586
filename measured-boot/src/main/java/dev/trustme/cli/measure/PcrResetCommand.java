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

/** {@code measure pcr reset}. */
@Command(
    name = "reset",
    description = {
      "Set a PCR back to its start, in all banks.",
      "",
      "TPMs allow it for PCR 16 and 23 only: what a boot measured stays until the next one."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure pcr reset 16"})
final class PcrResetCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "PCR", description = "Which PCR, 0 to 23.")
  private String pcr = "";

  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    int index = PcrReadCommand.pcr(pcr);
    tpm.use(tss -> {
      tss.pcrs().reset(index);
      output.result(
          new Reset("trustme/pcr-reset/1", index), () -> "PCR %d is reset".formatted(index));
    });
    return ExitCode.ACCEPTED;
  }

  private record Reset(String schema, int pcr) {}
}
