// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import picocli.CommandLine.Command;

/** {@code measure pcr}: the PCRs of a live TPM. */
@Command(
    name = "pcr",
    description = "Read, extend or reset the PCRs of this machine's TPM.",
    mixinStandardHelpOptions = true,
    subcommands = {PcrReadCommand.class, PcrExtendCommand.class, PcrResetCommand.class})
public final class PcrCommand {}
