// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.Tool;
import java.util.List;
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
    synopsisSubcommandLabel = "VERB")
public final class PkiMain implements Tool {
  @Override
  public List<Class<?>> verbs() {
    return List.of(
        ProfileCommand.class,
        InitCommand.class,
        ShowCommand.class,
        IssueCommand.class,
        RequestCommand.class,
        SignCsrCommand.class,
        RevokeCommand.class,
        CrlCommand.class,
        OcspCommand.class,
        RolloverCommand.class,
        ImportCommand.class,
        ExportCommand.class,
        LintCommand.class,
        KeyCommand.class,
        VarsCommand.class,
        SecureBootCommand.class,
        EnrolCommand.class,
        AuditCommand.class,
        CeremonyCommand.class);
  }

  public static void main(String... args) {
    Launcher.main(new PkiMain(), args);
  }
}
