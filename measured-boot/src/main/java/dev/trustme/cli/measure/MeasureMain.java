// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.Tool;
import java.util.List;
import picocli.CommandLine.Command;

/** The tool {@code trustme measure}. */
@Command(
    name = "trustme measure",
    description = {
      "See what a machine measured while it booted, and what an image will measure.",
      "",
      "Nothing here judges: 'trustme verify evidence' does, with a quote and a policy."
    },
    footer = {
      "",
      "Begin with:",
      "  trustme measure log --pcr 7",
      "  trustme measure replay eventlog.bin --pcrs pcrs.txt",
      "  trustme measure uki boot.efi"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB")
public final class MeasureMain implements Tool {
  @Override
  public List<Class<?>> verbs() {
    return List.of(
        LogCommand.class,
        ReplayCommand.class,
        DiffCommand.class,
        ImaCommand.class,
        CelCommand.class,
        UkiCommand.class,
        PredictCommand.class,
        PcrCommand.class,
        QuoteCommand.class,
        EkCommand.class,
        AkCommand.class,
        ActivateCommand.class,
        SealCommand.class,
        UnsealCommand.class,
        NvCommand.class);
  }

  public static void main(String... args) {
    Launcher.main(new MeasureMain(), args);
  }
}
