// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Digest;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Outputs;
import dev.trustme.issue.SigningLog;
import dev.trustme.sign.RoleKey;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command writes, and whether it may replace what is there. */
final class Target {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      required = true,
      description = "What to write.")
  private @Nullable Path path;

  @Option(names = "--force", description = "Replace an existing output.")
  private boolean force;

  /** The same, for a command that reads these options itself. */
  static Target of(Path path, boolean force) {
    var target = new Target();
    target.path = path;
    target.force = force;
    return target;
  }

  Path path() {
    return requireNonNull(path);
  }

  boolean force() {
    return force;
  }

  /** Refuses an existing output, and standard output, before any work is done. */
  void requireFree() throws IOException {
    requireFile(path());
    Outputs.requireAbsent(path(), force);
  }

  /** Refuses {@code -}: what these commands say of their work goes to standard output. */
  static void requireFile(Path output) {
    if (output.toString().equals("-")) {
      throw CommandFailure.usage("-o -: name a file; standard output tells what was done");
    }
  }

  /** What is written down about this output; the digest is the artefact's. */
  SigningLog.Event event(String action, RoleKey signer, Digest artifact) {
    return SigningLog.Event.signed(
        action, String.valueOf(path().getFileName()), signer.certificate(), artifact);
  }

  /** A file that belongs beside the output. */
  Path beside(String suffix) {
    return path().resolveSibling(path().getFileName() + suffix);
  }
}
