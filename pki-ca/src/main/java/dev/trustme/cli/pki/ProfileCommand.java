// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import picocli.CommandLine.Command;

/** {@code pki profile}: what a PKI will be, before it is made. */
@Command(
    name = "profile",
    description = {
      "Show and check profiles: the files that say which authorities, keys and templates a PKI has.",
      "",
      "To make one of your own, take the text of a shipped one, change it, and check it."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki profile show device --text > mine.yaml",
      "  trustme pki profile check mine.yaml",
      "  trustme pki init --profile mine.yaml -o pki"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {ProfileShowCommand.class, ProfileCheckCommand.class})
final class ProfileCommand {}
