// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import picocli.CommandLine.Command;

/** {@code pki audit}: what was signed and issued, and whether the log still tells all of it. */
@Command(
    name = "audit",
    description = {
      "Read the signing log, prove that it is whole, and sign how far it reaches.",
      "",
      "Each line of a PKI folder's log.jsonl carries the digest of the line before it. Whoever can"
          + " write the folder could still cut its end or write it anew: a head that is kept"
          + " elsewhere, or a checkpoint signed by the log key, shows that."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      AuditVerifyCommand.class,
      AuditCheckpointCommand.class,
      AuditShowCommand.class,
      AuditExportCommand.class
    })
final class AuditCommand {}
