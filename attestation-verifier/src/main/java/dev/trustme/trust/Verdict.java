// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.List;
import java.util.function.Supplier;

/**
 * The answer of a verifier. Accepted carries what was verified, as a type that only the verifier
 * can make; rejected carries every finding. A verdict without a single check is a rejection.
 */
public sealed interface Verdict<T> {
  /** Every check that ran, in the order of the specification. */
  List<Check> checks();

  /** All checks passed. */
  record Accepted<T>(T value, List<Check> checks) implements Verdict<T> {
    public Accepted {
      checks = List.copyOf(checks);
      if (checks.isEmpty() || checks.stream().anyMatch(Check::failed)) {
        throw new IllegalArgumentException("accepted needs checks, none of them failed");
      }
    }
  }

  /** At least one check failed, or none ran. */
  record Rejected<T>(List<Check> checks) implements Verdict<T> {
    public Rejected {
      checks = List.copyOf(checks);
    }

    /** The same rejection as the answer to a larger question. */
    public <U> Rejected<U> as() {
      return new Rejected<>(checks);
    }
  }

  /** Accepted with the value if there are checks and none failed; the value is made only then. */
  static <T> Verdict<T> of(List<Check> checks, Supplier<T> value) {
    return checks.isEmpty() || checks.stream().anyMatch(Check::failed)
        ? new Rejected<>(checks)
        : new Accepted<>(value.get(), checks);
  }

  default List<Check> failures() {
    return checks().stream().filter(Check::failed).toList();
  }

  default boolean accepted() {
    return this instanceof Accepted;
  }
}
