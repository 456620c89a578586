// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import picocli.CommandLine.Command;

/** {@code measure nv}: the TPM's non-volatile memory. */
@Command(
    name = "nv",
    description = "List, define, read, write, count and remove NV indices.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      NvListCommand.class,
      NvReadCommand.class,
      NvDefineCommand.class,
      NvWriteCommand.class,
      NvIncrementCommand.class,
      NvUndefineCommand.class
    })
public final class NvCommand {}
