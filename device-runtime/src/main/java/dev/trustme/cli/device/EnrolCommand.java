// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import picocli.CommandLine.Command;

/** {@code device enrol}: the device's side of an enrolment. */
@Command(
    name = "enrol",
    description = {
      "Get this device its name: keys in its TPM, and certificates for them.",
      "",
      "1. 'request' makes the keys and writes request.json.",
      "2. The enrolment authority answers: trustme pki enrol challenge.",
      "3. 'activate' opens the credential that it wrote; only this TPM can.",
      "4. The authority issues: trustme pki enrol complete.",
      "5. 'install' keeps the certificates, if they are this device's."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "STEP",
    subcommands = {
      EnrolRequestCommand.class,
      EnrolActivateCommand.class,
      EnrolInstallCommand.class
    })
final class EnrolCommand {}
