// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.PolicyOutline;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code verify policy explain}: which checks a policy requires, tolerates, and leaves out. */
@Command(
    name = "explain",
    description =
        "List every check, and whether the policy requires it, tolerates its failure, or"
            + " does not ask for it.",
    footer = {"", "Example:", "  trustme verify policy explain policy.yaml"},
    mixinStandardHelpOptions = true)
final class PolicyExplainCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "POLICY", description = "The policy (YAML).")
  private @Nullable Path file;

  @Override
  public ExitCode call() throws IOException, FormatException {
    var outline = PolicyOutline.of(PolicyFile.read(requireNonNull(file), List.of()).policy());
    output.result(
        outline, () -> outline.checks().stream().map(this::line).collect(Collectors.joining("\n")));
    return ExitCode.ACCEPTED;
  }

  private String line(PolicyOutline.Line line) {
    String weight = "%-10s".formatted(line.weight().label());
    String shown =
        switch (line.weight()) {
          case REQUIRED -> output.good(weight);
          case TOLERATED -> output.bad(weight);
          case NOT_ASKED -> output.dim(weight);
        };
    return "%s  %-24s %s".formatted(shown, line.id(), line.meaning());
  }
}
