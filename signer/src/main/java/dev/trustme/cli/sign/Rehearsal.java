// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --dry-run} of a command that uses no key. */
final class Rehearsal {
  @Option(names = "--dry-run", description = "Say what would be written.")
  private boolean dryRun;

  /** Lets the outputs appear, or says with the command's result which they would be. */
  void finish(Output output, Outputs.Pending... outputs) throws IOException {
    if (dryRun) {
      var dry = DryRun.of(List.of(), outputs);
      output.also(dry, dry::text);
      return;
    }
    for (var each : outputs) {
      each.commit();
    }
  }
}
