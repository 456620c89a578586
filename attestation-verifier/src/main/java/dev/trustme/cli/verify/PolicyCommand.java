// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import picocli.CommandLine.Command;

/** {@code verify policy}: what a policy says, before it judges a device. */
@Command(
    name = "policy",
    description = "Check a policy, tell what it demands, or try it on recorded evidence.",
    mixinStandardHelpOptions = true,
    subcommands = {PolicyCheckCommand.class, PolicyExplainCommand.class, PolicyTestCommand.class})
final class PolicyCommand {}
