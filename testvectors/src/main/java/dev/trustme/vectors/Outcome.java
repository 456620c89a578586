// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;

/** What the verifier under test said of one vector. */
public record Outcome(Expectation verdict, String reason) {
  static final Outcome ACCEPTED = new Outcome(Expectation.accept, "");

  static Outcome of(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> ACCEPTED;
      case Verdict.Rejected<?> rejected ->
          new Outcome(
              Expectation.reject,
              rejected.failures().stream().findFirst().map(Check::id).orElse("no-check-ran"));
    };
  }

  /** The same, where the first failure's words tell several vectors apart. */
  static Outcome inWords(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> ACCEPTED;
      case Verdict.Rejected<?> rejected ->
          new Outcome(
              Expectation.reject,
              rejected.failures().stream()
                  .findFirst()
                  .map(c -> "%s, expected %s, found %s".formatted(c.id(), c.expected(), c.seen()))
                  .orElse("no-check-ran"));
    };
  }

  static Outcome malformed(FormatException e) {
    return new Outcome(Expectation.malformed, e.structure() + ": " + e.problem());
  }

  /** Same verdict, and for a negative the same reason. */
  boolean fits(Vector vector) {
    return verdict == vector.expect()
        && (verdict == Expectation.accept || reason.equals(vector.reason().orElseThrow()));
  }
}
