// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import java.io.IOException;

/**
 * Everything that a device, or who stands between, can do to evidence. Files and context are those
 * of family evidence. The reason of a rejection is the first failed check's id, where it looked,
 * what it saw and what it expected.
 */
final class AttackFamily {
  private AttackFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var verdict = EvidenceFamily.verdict(input);
    return verdict.failures().stream()
        .findFirst()
        .map(check -> new Outcome(Expectation.reject, reason(check)))
        .orElseGet(() -> Outcome.of(verdict));
  }

  static String reason(Check check) {
    return "%s%s saw %s, not %s"
        .formatted(
            check.id(),
            check.where().isEmpty() ? "" : " at " + check.where(),
            check.seen(),
            check.expected());
  }
}
