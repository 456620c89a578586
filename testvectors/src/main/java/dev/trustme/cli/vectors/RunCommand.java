// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.vectors.JUnitReport;
import dev.trustme.vectors.VectorRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trustme vectors run}. */
@Command(
    name = "run",
    description = "Put every vector to the verifiers; exit 1 where a verdict or reason differs.",
    footer = {"", "Example: trustme vectors run --family quote --junit results.xml"},
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<ExitCode> {
  /** What {@code --json} prints. */
  record Report(String schema, int run, int passed, List<Row> results) {}

  /** One vector in the report. */
  record Row(String family, String id, boolean passed, String verdict, String reason) {}

  @Mixin private VectorFolder folder;
  @Mixin private Output output;

  @Option(names = "--family", paramLabel = "F", description = "Only this family.")
  private Optional<String> family = Optional.empty();

  @Option(names = "--junit", paramLabel = "FILE", description = "Also write JUnit XML here.")
  private @Nullable Path junit;

  @Option(names = "--force", description = "Replace the JUnit file where it exists.")
  private boolean force;

  @Override
  public ExitCode call() throws IOException, FormatException {
    if (junit != null) {
      Outputs.requireAbsent(junit, force);
    }
    List<VectorRunner.Result> results = folder.runner().run(family);
    if (junit != null) {
      Outputs.write(junit, JUnitReport.of(results), force);
    }
    long passed = results.stream().filter(VectorRunner.Result::passed).count();
    output.result(report(results, (int) passed), () -> text(results, passed));
    return passed == results.size() && passed > 0 ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private static Report report(List<VectorRunner.Result> results, int passed) {
    return new Report(
        "trustme/vector-results/1",
        results.size(),
        passed,
        results.stream()
            .map(r ->
                new Row(
                    r.family(),
                    r.vector().id(),
                    r.passed(),
                    r.outcome().verdict().name(),
                    r.outcome().reason()))
            .toList());
  }

  private String text(List<VectorRunner.Result> results, long passed) {
    String failures =
        results.stream()
            .filter(r -> !r.passed())
            .map(r ->
                "%s  %s/%s  %s%n"
                    .formatted(output.bad("FAILED"), r.family(), r.vector().id(), r.difference()))
            .collect(Collectors.joining());
    long families = results.stream().map(VectorRunner.Result::family).distinct().count();
    return failures
        + "%d vectors in %d families: %d passed, %d failed"
            .formatted(results.size(), families, passed, results.size() - passed);
  }
}
