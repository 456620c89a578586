// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import picocli.CommandLine.Command;

/** {@code pki enrol}: a device's attestation key gets its certificate, in two steps with files. */
@Command(
    name = "enrol",
    description = {
      "Certify a device's attestation key, once its TPM proved that the key lives in it.",
      "",
      "1. The device writes request.json: its endorsement certificate and two public keys.",
      "2. 'challenge' checks them and writes a credential that only this TPM can open.",
      "3. The device opens it: tpm2_activatecredential.",
      "4. 'complete' compares the opened secret and issues the certificate."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "STEP",
    subcommands = {EnrolChallengeCommand.class, EnrolCompleteCommand.class})
final class EnrolCommand {}
