// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.cli.CommandFailure;
import dev.trustme.lint.Acceptance;
import java.util.List;

/** {@code --accept RULE} of the commands that issue or take in certificates. */
final class LintOptions {
  private LintOptions() {}

  /** The rules of these names; an unknown name is a usage error. */
  static Acceptance acceptance(List<String> rules) {
    try {
      return Acceptance.of(rules);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--accept: " + e.getMessage());
    }
  }
}
