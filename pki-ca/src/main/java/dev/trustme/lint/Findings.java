// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import java.util.ArrayList;
import java.util.List;

/** The findings of one object in the making; each rule at most once. */
final class Findings {
  private final List<Finding> list = new ArrayList<>();

  void require(boolean condition, LintRule rule, String detail) {
    if (!condition) {
      add(rule, detail);
    }
  }

  void add(LintRule rule, String detail) {
    if (list.stream().noneMatch(f -> f.rule() == rule)) {
      list.add(new Finding(rule, detail));
    }
  }

  List<Finding> list() {
    return List.copyOf(list);
  }
}
