// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.tss.Capabilities;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code measure ak persist}. */
@Command(
    name = "persist",
    description = "Keep a key in the TPM at a handle, over restarts; the TPM's owner allows it.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure ak persist 0x81010002 -u ak.pub -r ak.priv"})
final class AkPersistCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "HANDLE", description = "Where, from 0x81000000 to 0x81ffffff.")
  private String handle = "";

  @Mixin private final AkOption ak = new AkOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    long at = TpmWords.persistent(handle);
    tpm.use(tss -> {
      requireFree(tss, at);
      try (var key = ak.load(tss)) {
        tss.keys().persist(key, at);
        String name = key.readPublic().name().encode().hex();
        output.result(
            new Persisted("trustme/persisted/1", "0x%08x".formatted(at), name),
            () -> "0x%08x  %s".formatted(at, name));
      }
    });
    return ExitCode.ACCEPTED;
  }

  static void requireFree(TssContext tss, long handle) throws IOException {
    if (tss.capabilities().handles(Capabilities.HandleType.PERSISTENT).contains(handle)) {
      throw CommandFailure.usage(
          "0x%08x holds an object already; 'ak evict' removes it".formatted(handle));
    }
  }

  private record Persisted(String schema, String handle, String name) {}
}
