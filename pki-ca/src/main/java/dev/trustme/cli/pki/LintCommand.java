// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.lint.LintInput;
import dev.trustme.lint.LintRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki lint}: certificates, requests and revocation lists against the named rules. */
@Command(
    name = "lint",
    description = {
      "Hold certificates, requests and revocation lists against the rules that every command asks"
          + " before it issues something.",
      "",
      "Issuers are looked for among all the files given. Exit code 1 if an error is found that"
          + " --accept does not name."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki lint --pki pki",
      "  trustme pki lint chain.pem device.csr device.crl",
      "  trustme pki lint --explain serial-entropy"
    },
    mixinStandardHelpOptions = true)
final class LintCommand implements Callable<ExitCode> {
  private static final long MAX_BYTES = 64 << 20;

  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();
  @Mixin private LintOptions lint = new LintOptions();

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "PEM or DER files.")
  private List<Path> files = List.of();

  @Option(
      names = "--pki",
      paramLabel = "DIR",
      description = "A PKI folder: everything in it that the rules are about.")
  private @Nullable Path pki;

  @Option(names = "--list", description = "List every rule.")
  private boolean list;

  @Option(names = "--explain", paramLabel = "RULE", description = "Say what a rule is about.")
  private @Nullable String explain;

  @Override
  public ExitCode call() throws IOException, FormatException {
    if (list || explain != null) {
      var rules = explain == null ? Arrays.asList(LintRule.values()) : List.of(rule(explain));
      var report = LintReport.Rules.of(rules);
      output.result(report, () -> explain == null ? report.table() : report.explained());
      return ExitCode.ACCEPTED;
    }
    if (files.isEmpty() && pki == null) {
      throw CommandFailure.usage("nothing to lint: give files or --pki DIR");
    }
    var report = LintReport.of(inputs(), lint.acceptance(), times.now());
    output.result(report, () -> report.text(output));
    return report.clean() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private static LintRule rule(String id) {
    return LintRule.byId(id)
        .orElseThrow(() ->
            CommandFailure.usage(
                "--explain: no rule is named '%s'; there are: %s"
                    .formatted(
                        id,
                        Arrays.stream(LintRule.values())
                            .map(LintRule::id)
                            .collect(Collectors.joining(", ")))));
  }

  private List<LintReport.Source> inputs() throws IOException, FormatException {
    List<LintReport.Source> sources = new ArrayList<>();
    for (Path file : files) {
      try {
        sources.add(
            new LintReport.Source(file.toString(), LintInput.parse(Inputs.read(file, MAX_BYTES))));
      } catch (FormatException e) {
        throw e.in(file.toString());
      }
    }
    if (pki != null) {
      sources.addAll(FolderContent.of(PkiFolder.open(pki)));
    }
    return sources;
  }
}
