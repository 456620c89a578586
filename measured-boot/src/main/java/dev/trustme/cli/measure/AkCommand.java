// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import picocli.CommandLine.Command;

/** {@code measure ak}: attestation keys. */
@Command(
    name = "ak",
    description = "Make, show, keep and remove attestation keys.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      AkCreateCommand.class,
      AkShowCommand.class,
      AkPersistCommand.class,
      AkEvictCommand.class
    })
public final class AkCommand {}
