// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.fleet.FleetSummary;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How much of a fleet may be other than accepted before a run ends with another code than 0.
 *
 * @param number pieces of evidence, or per cent of them
 */
record Tolerance(BigDecimal number, boolean percent) {
  private static final Pattern FORM = Pattern.compile("[0-9]{1,12}|[0-9]{1,3}(\\.[0-9]{1,6})?%");

  static Tolerance parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw CommandFailure.usage("--tolerate: expected a number or per cent (5, 0.5%)");
    }
    boolean percent = text.endsWith("%");
    return new Tolerance(
        new BigDecimal(percent ? text.substring(0, text.length() - 1) : text), percent);
  }

  /** A mistake of ours is never tolerated, and neither is a fleet of which nothing was accepted. */
  ExitCode exitCode(FleetSummary.Counts counts) {
    if (counts.failed() == 0 && counts.accepted() > 0 && covers(counts)) {
      return ExitCode.ACCEPTED;
    }
    List<ExitCode> codes = new ArrayList<>(List.of(ExitCode.REJECTED));
    if (counts.failed() > 0) {
      codes.add(ExitCode.BUG);
    }
    if (counts.unreadable() > 0) {
      codes.add(ExitCode.IO);
    }
    if (counts.malformed() > 0) {
      codes.add(ExitCode.MALFORMED);
    }
    return ExitCode.worst(codes);
  }

  private boolean covers(FleetSummary.Counts counts) {
    var others = BigDecimal.valueOf(counts.notAccepted());
    return percent
        ? others.movePointRight(2).compareTo(number.multiply(BigDecimal.valueOf(counts.evidence())))
            <= 0
        : others.compareTo(number) <= 0;
  }
}
