// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.TpmPublicKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code measure ak show}. */
@Command(
    name = "show",
    description = "Show a key's name, kind and attributes, as the TPM tells them.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure ak show --ak 0x81010002 --pem ak.pem"})
final class AkShowCommand implements Callable<ExitCode> {
  @Option(names = "--pem", paramLabel = "FILE", description = "Write the public key in PEM.")
  private @Nullable Path pem;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Mixin private final AkOption ak = new AkOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (pem != null) {
      Outputs.requireAbsent(pem, force);
    }
    tpm.use(tss -> {
      try (var key = ak.load(tss)) {
        var report = AkReport.of(key);
        if (pem != null) {
          Outputs.write(pem, TpmPublicKey.pem(key.key()), force);
        }
        output.result(report, report::text);
      }
    });
    return ExitCode.ACCEPTED;
  }
}
