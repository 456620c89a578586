// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import picocli.CommandLine.Command;

/** {@code pki ceremony}: roots are made by a script, before witnesses, with a signed transcript. */
@Command(
    name = "ceremony",
    description = {
      "Hold a key ceremony: a script of steps, rehearsed, performed, and proved later.",
      "",
      "1. 'lint' explains each step in words and refuses an impossible order.",
      "2. 'rehearse' performs all of it with throw-away keys.",
      "3. 'run' performs it; custodians get shares of the roots' passphrase.",
      "4. 'verify' holds the signed transcript against its script and its folder.",
      "",
      "Later, any command takes the passphrase from shares: --shares alice.txt,carol.txt."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "STEP",
    subcommands = {
      CeremonyLintCommand.class,
      CeremonyRehearseCommand.class,
      CeremonyRunCommand.class,
      CeremonyVerifyCommand.class,
      CeremonyCombineCommand.class
    })
final class CeremonyCommand {}
