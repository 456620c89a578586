// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.Tool;
import java.util.List;
import picocli.CommandLine.Command;

/** The tool {@code trustme verify}. */
@Command(
    name = "trustme verify",
    description = {
      "Judge what devices and builders hand over: may it be trusted?",
      "",
      "A device is judged by its answer to a challenge: a TPM's quote, the key that made it, the"
          + " event log, and the release that the device should run. Nothing is accepted that was"
          + " not checked. Exit code 0 means accepted; every other code means not."
    },
    footer = {
      "",
      "Judge a device:",
      "  trustme verify challenge --device UUID --state verifier -o nonce.json",
      "  trustme verify evidence evidence.json --release release.json --policy policy.yaml"
          + " --state verifier",
      "",
      "Judge many devices:",
      "  trustme verify fleet evidence/ --release release.json --policy policy.yaml"
          + " --state verifier --out results.ndjson",
      "",
      "Understand a verdict:",
      "  trustme verify explain pcr-11",
      "",
      "Try a policy:",
      "  trustme verify policy explain policy.yaml",
      "",
      "Judge a file that was signed:",
      "  trustme verify artifact boot.efi --as uefi --vars OVMF_VARS.fd"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB")
public final class VerifyMain implements Tool {
  @Override
  public List<Class<?>> verbs() {
    return List.of(
        ChallengeCommand.class,
        EvidenceCommand.class,
        FleetCommand.class,
        QuoteCommand.class,
        ExplainCommand.class,
        PolicyCommand.class,
        ImportCommand.class,
        GyroidosCommand.class,
        ArtifactCommand.class);
  }

  public static void main(String... args) {
    Launcher.main(new VerifyMain(), args);
  }
}
