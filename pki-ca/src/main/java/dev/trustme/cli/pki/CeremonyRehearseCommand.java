// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki ceremony rehearse}: all of it, with keys that are thrown away. */
@Command(
    name = "rehearse",
    description = {
      "Perform a ceremony script with throw-away keys, every confirmation taken as given.",
      "",
      "Without -o everything is removed again. The transcript is signed as that of a rehearsal and"
          + " never verifies as a ceremony's. A token that the script names is not touched."
    },
    footer = {"", "Example:", "  trustme pki ceremony rehearse ceremony.yaml -o rehearsal"},
    mixinStandardHelpOptions = true)
final class CeremonyRehearseCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();
  @Mixin private Secrets secrets = new Secrets();

  @Parameters(paramLabel = "SCRIPT", description = "The ceremony's script (YAML).")
  private @Nullable Path script;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Keep the rehearsal in this folder; it must not exist.")
  private @Nullable Path target;

  @Option(
      names = "--token",
      paramLabel = "URI",
      description =
          "Make keys that belong in a token in this one, such as a SoftHSM's"
              + " (pkcs11:token=rehearsal?module-name=softhsm2). Default: in files.")
  private @Nullable String token;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path file = requireNonNull(script);
    Path kept = target;
    if (kept != null) {
      CeremonyRunCommand.requireNew(kept);
    }
    Path folder = Files.createTempDirectory("trustme-rehearsal");
    try {
      var stage = new CeremonyStage.Rehearsal(output, times, secrets, Optional.ofNullable(token));
      var report = CeremonyReport.perform(file, kept == null ? folder : kept, stage);
      output.result(report, report::text);
      return ExitCode.ACCEPTED;
    } finally {
      Outputs.removeTree(folder);
    }
  }
}
