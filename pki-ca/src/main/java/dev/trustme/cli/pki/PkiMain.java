// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.cli.Launcher;
import picocli.CommandLine.Command;

/** The tool {@code trustme pki}. */
@Command(
    name = "trustme pki",
    description = {
      "Make and use the keys and certificates of a device fleet, offline.",
      "",
      "One folder holds roots, issuing authorities, a key for every role (boot, module, layer,"
          + " container, release, enrolment) and the Secure Boot set; 'trustme sign' signs with it,"
          + " and devices are enrolled with it."
    },
    footer = {"", "Begin with:", "  trustme pki init -o pki", "  trustme pki show pki"},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {InitCommand.class, ShowCommand.class, VarsCommand.class, EnrolCommand.class})
public final class PkiMain {
  public static void main(String... args) {
    Launcher.main(new PkiMain(), args);
  }
}
