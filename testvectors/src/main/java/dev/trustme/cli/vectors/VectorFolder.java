// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.vectors;

import dev.trustme.cli.CommandFailure;
import dev.trustme.vectors.VectorRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the vectors lie: {@code --dir}, else the installation's own. */
final class VectorFolder {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Folder with one folder a family; default: the shipped vectors.")
  private @Nullable Path dir;

  VectorRunner runner() {
    Path root = dir != null ? dir : shipped();
    if (!Files.isDirectory(root)) {
      throw CommandFailure.usage(root + ": no folder of vectors; name one with --dir");
    }
    return new VectorRunner(root);
  }

  private static Path shipped() {
    return Path.of(System.getProperty("trustme.home", ".")).resolve("testvectors/vectors");
  }
}
