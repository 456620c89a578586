// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.vectors;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.Tool;
import java.util.List;
import picocli.CommandLine.Command;

/** The tool {@code trustme vectors}. */
@Command(
    name = "trustme vectors",
    description =
        "Run and list the test vectors: inputs with the verdict a correct verifier gives.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB")
public final class VectorsMain implements Tool {
  @Override
  public List<Class<?>> verbs() {
    return List.of(RunCommand.class, ListCommand.class);
  }

  public static void main(String... args) {
    Launcher.main(new VectorsMain(), args);
  }
}
