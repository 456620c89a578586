// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.audit.AuditedLog;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What {@code pki audit verify} says, {@code trustme/log-audit/1} with {@code --json}. */
record AuditReport(
    String schema,
    String log,
    String verdict,
    Optional<String> head,
    Optional<Long> entries,
    List<Check> checks) {
  private static final String SCHEMA = "trustme/log-audit/1";

  static ExitCode show(Output output, Path log, Verdict<AuditedLog> verdict) {
    var report = of(log, verdict);
    output.result(report, () -> report.text(output));
    return verdict.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private static AuditReport of(Path log, Verdict<AuditedLog> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<AuditedLog> accepted ->
          new AuditReport(
              SCHEMA,
              log.toString(),
              "accepted",
              Optional.of(accepted.value().head().digest().hex()),
              Optional.of(accepted.value().head().entries()),
              accepted.checks());
      case Verdict.Rejected<AuditedLog> rejected ->
          new AuditReport(
              SCHEMA,
              log.toString(),
              "rejected",
              Optional.empty(),
              Optional.empty(),
              rejected.checks());
    };
  }

  private String text(Output output) {
    var text = new StringBuilder();
    text.append(
        head.isPresent()
            ? "%s  %s   head %s  %d entries%n"
                .formatted(log, output.good("intact"), head.get(), entries.orElse(0L))
            : "%s  %s%n".formatted(log, output.bad("DAMAGED")));
    for (Check check : checks) {
      if (check.failed()) {
        text.append(failure(check));
      } else {
        text.append("  %-22s %s%n".formatted(check.id(), check.seen()));
      }
    }
    return text.toString();
  }

  static String failure(Check check) {
    var text = new StringBuilder("  %-22s expected %s%n".formatted(check.id(), check.expected()));
    text.append("  %-22s seen     %s%n".formatted("", check.seen()));
    if (!check.where().isEmpty()) {
      text.append("  %-22s where    %s%n".formatted("", check.where()));
    }
    if (!check.advice().isEmpty()) {
      text.append("  %-22s to do    %s%n".formatted("", check.advice()));
    }
    return text.toString();
  }
}
