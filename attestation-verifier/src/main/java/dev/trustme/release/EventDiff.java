// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import java.util.ArrayList;
import java.util.List;

/** The fewest events to take out and put in, from one prediction to the other. */
final class EventDiff {
  /** Above it the two are listed whole: the table of comparisons would be large. */
  private static final int MAX_EVENTS = 1000;

  private EventDiff() {}

  static List<ReleaseDiff.Event> of(List<Measurement.Event> before, List<Measurement.Event> after) {
    List<ReleaseDiff.Event> changes = new ArrayList<>();
    if (Math.max(before.size(), after.size()) > MAX_EVENTS) {
      before.forEach(event -> changes.add(event("-", event)));
      after.forEach(event -> changes.add(event("+", event)));
      return changes;
    }
    int[][] common = common(before, after);
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        i++;
        j++;
      } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
        changes.add(event("-", before.get(i++)));
      } else {
        changes.add(event("+", after.get(j++)));
      }
    }
    return changes;
  }

  private static ReleaseDiff.Event event(String sign, Measurement.Event event) {
    return new ReleaseDiff.Event(sign, event.type(), event.name(), event.digest());
  }

  /** How long the longest common subsequence is from each pair of positions on. */
  private static int[][] common(List<Measurement.Event> before, List<Measurement.Event> after) {
    var length = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        length[i][j] =
            before.get(i).equals(after.get(j))
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    return length;
  }
}
