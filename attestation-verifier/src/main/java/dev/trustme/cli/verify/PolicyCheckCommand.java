// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.PolicyOutline;
import dev.trustme.attest.PolicyOutline.Weight;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code verify policy check}: can this policy judge at all? */
@Command(
    name = "check",
    description = {
      "Read a policy and every certificate that it names.",
      "",
      "A key or value that is not known is an error, and so is a policy that demands nothing."
    },
    footer = {"", "Example:", "  trustme verify policy check policy.yaml"},
    mixinStandardHelpOptions = true)
final class PolicyCheckCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "POLICY", description = "The policy (YAML).")
  private @Nullable Path file;

  @Override
  public ExitCode call() throws IOException, FormatException {
    var policy = PolicyFile.read(requireNonNull(file), List.of()).policy();
    var outline = PolicyOutline.of(policy);
    output.result(
        outline,
        () ->
            "%s  %d checks required, %d tolerated, %d not asked"
                .formatted(
                    output.good("good"),
                    outline.count(Weight.REQUIRED),
                    outline.count(Weight.TOLERATED),
                    outline.count(Weight.NOT_ASKED)));
    return ExitCode.ACCEPTED;
  }
}
