// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import picocli.CommandLine.Command;

/** {@code pki enrol}: a device's keys get their certificates, in steps with files. */
@Command(
    name = "enrol",
    description = {
      "Certify the keys of a device, once its TPM proved that they live in it.",
      "",
      "1. The device makes its keys and asks: trustme device enrol request.",
      "2. 'challenge' judges the request and writes a credential that only this TPM can open.",
      "3. The device opens it: trustme device enrol activate.",
      "4. 'complete' compares the opened secret, issues the certificates and signs the record.",
      "5. The device keeps them: trustme device enrol install.",
      "",
      "The PKI folder's register knows every device: one UUID, one TPM."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "STEP",
    subcommands = {
      EnrolChallengeCommand.class,
      EnrolCompleteCommand.class,
      EnrolListCommand.class,
      EnrolShowCommand.class,
      EnrolRevokeCommand.class,
      EnrolReplaceCommand.class
    })
final class EnrolCommand {}
