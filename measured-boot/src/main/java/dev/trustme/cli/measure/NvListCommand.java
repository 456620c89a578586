// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.tss.Capabilities;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code measure nv list}. */
@Command(
    name = "list",
    description = "List the NV indices of this TPM with size, type and attributes.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure nv list"})
final class NvListCommand implements Callable<ExitCode> {
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    tpm.use(tss -> {
      List<NvReport> indices = new ArrayList<>();
      for (long handle : tss.capabilities().handles(Capabilities.HandleType.NV_INDEX)) {
        try (var index = tss.nv().index(handle)) {
          indices.add(NvReport.of(index.readPublic()));
        }
      }
      output.result(
          new Indices("trustme/nv-indices/1", indices),
          () ->
              indices.isEmpty()
                  ? "no NV index"
                  : indices.stream().map(NvReport::text).collect(Collectors.joining("\n")));
    });
    return ExitCode.ACCEPTED;
  }

  private record Indices(String schema, List<NvReport> indices) {}
}
