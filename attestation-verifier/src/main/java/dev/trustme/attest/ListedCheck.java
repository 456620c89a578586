// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.trust.Check;
import java.util.Locale;

/** A check that is a constant of a list, and what comes of it. */
public sealed interface ListedCheck permits EvidenceCheck, GyroidosCheck {
  /** The constant's name. */
  String name();

  /** What holds if the check passes, in one line. */
  String meaning();

  /** What to do if it fails. */
  String advice();

  /** The name that policies, reports and vectors use: {@code quote-signature}. */
  default String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  default Check pass(String seen) {
    return Check.pass(id(), seen);
  }

  default Check fail(String expected, String seen) {
    return Check.fail(id(), expected, seen).advise(advice());
  }

  default Check of(boolean holds, String expected, String seen) {
    return holds ? pass(seen) : fail(expected, seen);
  }
}
