// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A guard's answer as people and programs read it. */
record Decision(
    String schema, String verdict, String container, Optional<Long> version, List<Line> checks) {
  static final String SCHEMA = "trustme/device-verdict/1";

  /** One check. */
  record Line(String id, String result, String expected, String seen, String where, String advice) {
    static Line of(Check check) {
      return new Line(
          check.id(),
          check.result().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          check.expected(),
          check.seen(),
          check.where(),
          check.advice());
    }

    private String text() {
      return "  %s: expected %s, found %s%s%s"
          .formatted(
              id,
              expected,
              seen,
              where.isEmpty() ? "" : " (" + where + ")",
              advice.isEmpty() ? "" : "\n  " + advice);
    }
  }

  static Decision of(String container, Optional<Long> version, Verdict<?> verdict) {
    return new Decision(
        SCHEMA,
        verdict.accepted() ? "accepted" : "rejected",
        container,
        version,
        verdict.checks().stream().map(Line::of).toList());
  }

  /** Prints a refusal and returns its exit code. */
  static ExitCode refuse(
      Output output, String container, Optional<Long> version, Verdict<?> verdict) {
    var decision = of(container, version, verdict);
    output.result(decision, () -> decision.refusal(output));
    return ExitCode.REJECTED;
  }

  /** What was allowed and should not be so, for the text of an accepted verdict. */
  String warnings() {
    return checks.stream()
        .filter(c -> c.result().equals("warn"))
        .map(c -> "\n  %s: warning: %s; it should be %s".formatted(c.id(), c.seen(), c.expected()))
        .distinct()
        .collect(Collectors.joining());
  }

  private String refusal(Output output) {
    var failures = checks.stream().filter(c -> c.result().equals("fail")).toList();
    String ids = failures.stream().map(Line::id).distinct().collect(Collectors.joining(", "));
    return "%s   %s   %s\n%s"
        .formatted(
            output.bad("refused"),
            container + version.map(v -> " " + v).orElse(""),
            ids,
            failures.stream().map(Line::text).distinct().collect(Collectors.joining("\n")));
  }
}
