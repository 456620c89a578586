// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.cli.Output;
import dev.trustme.evidence.DeviceId;
import dev.trustme.fleet.FleetResult;
import dev.trustme.fleet.FleetSummary;
import java.util.stream.Collectors;

/** Results of a fleet for people: a line each, and a summary. */
final class FleetText {
  private FleetText() {}

  /** {@code rejected 7c9e1b00-… acme 41 pcr-4, pcr-11 (e/7.json)} */
  static String of(FleetResult result, Output output) {
    String verdict = "%-10s".formatted(result.verdict().label());
    String reasons =
        result.failures().stream()
            .map(FleetResult.Failure::id)
            .collect(Collectors.joining(", ", "", ""));
    String words = result.problem().orElse(reasons);
    return "%s %s  %s%s  (%s)"
        .formatted(
            result.accepted() ? output.good(verdict) : output.bad(verdict),
            result.device().map(DeviceId::uuid).orElse("unknown device"),
            result.release().map(r -> r.name() + " " + r.sequence()).orElse("no release"),
            words.isEmpty() ? "" : "  " + shown(words),
            shown(result.evidence()));
  }

  /** The numbers, the causes, and where to look. */
  static String of(FleetSummary summary, Output output) {
    var counts = summary.counts();
    var text = new StringBuilder();
    text.append(
        counts.notAccepted() == 0 && counts.accepted() > 0
            ? output.good("all %d accepted".formatted(counts.accepted()))
            : output.bad("%d of %d accepted".formatted(counts.accepted(), counts.evidence())));
    part(text, counts.rejected(), "rejected");
    part(text, counts.malformed(), "malformed");
    part(text, counts.unreadable(), "unreadable");
    part(text, counts.failed(), "failed");
    part(text, counts.warned(), "accepted with a warning");
    part(text, counts.repeated(), "repeated and not judged again");
    text.append('\n');
    for (var cause : summary.causes()) {
      text.append("  %-24s %d\n".formatted(cause.id(), cause.count()));
    }
    if (summary.devices().contradictory() > 0) {
      text.append(
          "  %d devices have evidence that was accepted and evidence that was not\n"
              .formatted(summary.devices().contradictory()));
    }
    if (!summary.causes().isEmpty()) {
      text.append("See 'trustme verify explain %s'.\n".formatted(summary.causes().getFirst().id()));
    }
    return text.toString();
  }

  private static void part(StringBuilder text, long count, String words) {
    if (count > 0) {
      text.append(", ").append(count).append(' ').append(words);
    }
  }

  /** Names of files and words of devices, made safe for a terminal. */
  private static String shown(String words) {
    return words.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
  }
}
