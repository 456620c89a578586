// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.issue.LogChain;
import dev.trustme.issue.LogLines;
import dev.trustme.issue.SigningLog.Entry;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki audit show}: who signed what, and when. */
@Command(
    name = "show",
    description = {
      "Show entries of a signing log: who signed this file, what did this key sign?",
      "",
      "Exit code 1 if the log's lines do not chain: then 'audit verify' says more."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki audit show --pki pki --file boot.efi",
      "  trustme pki audit show --pki pki --action issue --since 2026-11-01T00:00:00Z"
    },
    mixinStandardHelpOptions = true)
final class AuditShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private AuditSource source = new AuditSource();
  @Mixin private AuditFilter filter = new AuditFilter();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Show at most the newest N. Default: ${DEFAULT-VALUE}.")
  private int limit = 1000;

  /** What {@code --json} prints. */
  record Report(String schema, String log, boolean intact, long found, List<Entry> entries) {
    String text() {
      String lines = entries.stream().map(Report::line).collect(Collectors.joining());
      String rest = found > entries.size() ? ", the newest %d shown".formatted(entries.size()) : "";
      return "%s%d entries%s%s"
          .formatted(lines, found, rest, intact ? "" : "; the log is DAMAGED: see 'audit verify'");
    }

    private static String line(Entry entry) {
      String artifact = entry.artifact().map(a -> "\n      artefact %s".formatted(a)).orElse("");
      String key = entry.key().map(k -> "\n      by key   %s".formatted(k)).orElse("");
      return "%6d  %s  %-14s %s%n      %s %s%s%s%n"
          .formatted(
              entry.sequence(),
              entry.time(),
              entry.action(),
              entry.subject(),
              entry.artifact().isPresent() ? "signer  " : "cert    ",
              entry.certificate(),
              key,
              artifact);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    if (limit < 1) {
      throw CommandFailure.usage("--limit: expected 1 or more, found " + limit);
    }
    Path log = source.log();
    var wanted = filter.filter();
    var chain = new LogChain(log.toString());
    var newest = new ArrayDeque<Entry>();
    long found = 0;
    try (var lines = LogLines.open(log)) {
      while (lines.next()) {
        var entry = lines.entry();
        chain.add(lines.line(), entry);
        if (wanted.admits(entry)) {
          found++;
          newest.addLast(entry);
          if (newest.size() > limit) {
            newest.removeFirst();
          }
        }
      }
    }
    boolean intact = chain.checks().stream().noneMatch(Check::failed);
    var report =
        new Report("trustme/log-entries/1", log.toString(), intact, found, List.copyOf(newest));
    output.result(report, report::text);
    return intact ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }
}
