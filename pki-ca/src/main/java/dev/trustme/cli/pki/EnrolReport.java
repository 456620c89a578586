// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.evidence.DeviceId;
import dev.trustme.trust.Check;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the steps of an enrolment say, {@code trustme/enrolment-report/1} with {@code --json}. */
record EnrolReport(
    String schema, String step, String verdict, Optional<DeviceId> device, List<Check> checks) {
  private static final String SCHEMA = "trustme/enrolment-report/1";

  static void accept(Output output, String step, DeviceId device, List<Check> checks, String text) {
    output.result(
        new EnrolReport(SCHEMA, step, "accepted", Optional.of(device), checks),
        () -> text + warnings(checks));
  }

  /** What was taken all the same. */
  static String warnings(List<Check> checks) {
    return checks.stream()
        .filter(Check::warns)
        .map(check -> "\nWARNING  " + lines(check).strip())
        .collect(Collectors.joining());
  }

  private static String lines(Check check) {
    var text = new StringBuilder();
    text.append("  %-18s expected %s%n".formatted(check.id(), check.expected()));
    text.append("  %-18s seen     %s%n".formatted("", check.seen()));
    if (!check.advice().isEmpty()) {
      text.append("  %-18s to do    %s%n".formatted("", check.advice()));
    }
    return text.toString();
  }

  static ExitCode refuse(Output output, String step, List<Check> checks) {
    output.result(
        new EnrolReport(SCHEMA, step, "rejected", Optional.empty(), checks),
        () -> refusal(output, checks));
    return ExitCode.REJECTED;
  }

  private static String refusal(Output output, List<Check> checks) {
    var text = new StringBuilder(output.bad("REFUSED")).append("   this request is not enrolled\n");
    for (Check check : checks) {
      if (check.failed()) {
        text.append(lines(check));
      }
    }
    long passed = checks.stream().filter(c -> !c.failed()).count();
    return text.append("%d of %d checks passed".formatted(passed, checks.size()))
        .append(warnings(checks))
        .toString();
  }
}
