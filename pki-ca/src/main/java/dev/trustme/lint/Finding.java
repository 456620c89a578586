// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

/** One broken rule: {@code detail} says what was found, in words for people. */
public record Finding(LintRule rule, String detail) {
  public boolean error() {
    return rule.severity() == Severity.ERROR;
  }

  @Override
  public String toString() {
    return "%s (%s)".formatted(detail, rule.id());
  }
}
