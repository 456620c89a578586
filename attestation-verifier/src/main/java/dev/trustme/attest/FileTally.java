// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.attest.FileJudgement.Good;
import dev.trustme.attest.FileJudgement.Reason;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many files are good for which reason. */
public final class FileTally {
  private final Map<Good, Long> counts = new HashMap<>();
  private @Nullable Good last;
  private long lastCount;

  /** Most files of a log are good for one reason, so the map waits for another. */
  public void add(Good judgement) {
    if (!judgement.equals(last)) {
      count();
      last = judgement;
    }
    lastCount++;
  }

  private void count() {
    if (last != null && lastCount > 0) {
      counts.merge(last, lastCount, Long::sum);
      lastCount = 0;
    }
  }

  boolean has(Reason reason) {
    count();
    return counts.keySet().stream().anyMatch(judgement -> judgement.reason() == reason);
  }

  /** {@code 12 signed by CN=Files, 3 excluded}. */
  public String words() {
    count();
    return counts.entrySet().stream()
        .filter(e -> e.getKey().reason() != Reason.BOOT_AGGREGATE)
        .sorted(Map.Entry.comparingByKey(FileTally::order))
        .map(e -> "%d %s%s".formatted(e.getValue(), e.getKey().reason().label(), by(e.getKey())))
        .reduce((one, other) -> one + ", " + other)
        .orElse("no files");
  }

  private static int order(Good one, Good other) {
    int byReason = one.reason().compareTo(other.reason());
    return byReason != 0 ? byReason : one.by().compareTo(other.by());
  }

  private static String by(Good judgement) {
    return judgement.by().isEmpty() ? "" : " by " + judgement.by();
  }
}
