// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.secureboot.KeyFileContent;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki secure-boot extract}: the signature lists of a variable store as files. */
@Command(
    name = "extract",
    description =
        "Write PK, KEK, db, dbx, MokList and MokListX of a variable store as signature lists, each"
            + " as NAME.esl.",
    footer = {"", "Example:", "  trustme pki secure-boot extract OVMF_VARS.fd -o keys"},
    mixinStandardHelpOptions = true)
final class SecureBootExtractCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "STORE", description = "The variable store of OVMF.")
  private @Nullable Path store;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to make.")
  private @Nullable Path target;

  /** What {@code --json} prints. */
  record Report(String schema, String folder, List<String> files) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path folder = requireNonNull(target);
    Outputs.requireAbsent(folder, false);
    Path file = requireNonNull(store);
    Map<SignatureVariable, KeyDatabase> databases = new LinkedHashMap<>();
    try {
      databases.putAll(new KeyFileContent.Store(SecureBootFiles.store(file)).databases());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
    if (databases.isEmpty()) {
      throw CommandFailure.usage(file + ": holds no keys");
    }
    List<String> files = new ArrayList<>();
    try (var staged = Outputs.stageFolder(folder, false)) {
      for (var each : databases.entrySet()) {
        String name = each.getKey() + ".esl";
        Files.write(staged.path().resolve(name), each.getValue().encode().toArray());
        files.add(name);
      }
      staged.commit();
    }
    output.result(
        new Report("trustme/secure-boot-files/1", folder.toString(), files),
        () -> "%s/  %s".formatted(folder, String.join(", ", files)));
    return ExitCode.ACCEPTED;
  }
}
