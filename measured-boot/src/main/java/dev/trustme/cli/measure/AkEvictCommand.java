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

/** {@code measure ak evict}. */
@Command(
    name = "evict",
    description = {
      "Remove a persistent object from the TPM; its owner allows it.",
      "",
      "A key whose blobs are kept can be loaded again; else it is gone for good."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure ak evict 0x81010002"})
final class AkEvictCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "HANDLE", description = "Which, from 0x81000000 to 0x81ffffff.")
  private String handle = "";

  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    long at = TpmWords.persistent(handle);
    tpm.use(tss -> {
      hierarchies.apply(tss);
      tss.keys().evict(at);
      output.result(
          new Evicted("trustme/evicted/1", "0x%08x".formatted(at)),
          () -> "0x%08x  removed".formatted(at));
    });
    return ExitCode.ACCEPTED;
  }

  private record Evicted(String schema, String handle) {}
}
