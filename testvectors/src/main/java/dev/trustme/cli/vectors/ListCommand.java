// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.VectorIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code trustme vectors list}. */
@Command(
    name = "list",
    description = "List the vectors with what is expected of a verifier, and why.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<ExitCode> {
  @Mixin private VectorFolder folder;
  @Mixin private Output output;

  @Override
  public ExitCode call() throws IOException, FormatException {
    var runner = folder.runner();
    List<VectorIndex> indexes = new ArrayList<>();
    for (String family : runner.families()) {
      indexes.add(runner.index(family));
    }
    output.result(
        indexes, () -> indexes.stream().map(ListCommand::text).collect(Collectors.joining("\n")));
    return ExitCode.ACCEPTED;
  }

  private static String text(VectorIndex index) {
    return index.family()
        + "\n"
        + index.vectors().stream().map(ListCommand::line).collect(Collectors.joining());
  }

  private static String line(Vector vector) {
    return "  %-36s %-9s %s%n"
        .formatted(vector.id(), vector.expect(), vector.reason().orElse(vector.comment()));
  }
}
