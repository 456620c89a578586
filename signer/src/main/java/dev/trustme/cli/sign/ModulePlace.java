// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Outputs;
import dev.trustme.sign.ModuleOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where modules go: into a new folder, or where they lie. */
final class ModulePlace {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "A new folder for all the modules, under the names that they have.")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--force", description = "Replace an existing output folder.")
  private boolean force;

  @Option(
      names = "--in-place",
      description = "Replace each module where it lies; mode, owner and group stay.")
  private boolean inPlace;

  /** Refuses what cannot be meant, and an existing folder, before any work is done. */
  void require() throws IOException {
    if (folder.isPresent() == inPlace) {
      throw CommandFailure.usage("give one of -o DIR and --in-place");
    }
    if (folder.isPresent()) {
      Target.requireFile(folder.get());
      Outputs.requireAbsent(folder.get(), force);
    }
  }

  ModuleOutput open() throws IOException {
    return folder.isPresent()
        ? new ModuleOutput.Folder(Outputs.stageFolder(folder.get(), force))
        : new ModuleOutput.InPlace();
  }

  String label() {
    return folder.map(Path::toString).orElse("in place");
  }
}
