// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.cli.CommandFailure;
import dev.trustme.lint.Acceptance;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --accept RULE} of the commands that lint, issue or take in certificates. */
final class LintOptions {
  @Option(
      names = "--accept",
      paramLabel = "RULE",
      description = "Take findings of this lint rule as they are; may be repeated.")
  private List<String> rules = List.of();

  /** The rules of these names; an unknown name is a usage error. */
  Acceptance acceptance() {
    try {
      return Acceptance.of(rules);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--accept: " + e.getMessage());
    }
  }
}
