// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.vectors;

import dev.trustme.cli.Launcher;
import picocli.CommandLine.Command;

/** The tool {@code trustme vectors}. */
@Command(
    name = "trustme vectors",
    description =
        "Run and list the test vectors: inputs with the verdict a correct verifier gives.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {RunCommand.class, ListCommand.class})
public final class VectorsMain {
  public static void main(String... args) {
    Launcher.main(new VectorsMain(), args);
  }
}
