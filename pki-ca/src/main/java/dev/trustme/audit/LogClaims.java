// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.Digest;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is known of a log from elsewhere: its first line, and how far it reached once. */
final class LogClaims {
  /** {@code kind} is log or checkpoint: the first word of its checks. */
  private record Claim(Head head, String kind, String source) {}

  private record Origin(Digest log, String source) {}

  private final String file;
  private final List<Claim> claims = new ArrayList<>();
  private final List<Origin> origins = new ArrayList<>();
  private final Map<Long, Digest> wanted = new HashMap<>();
  private final Set<Digest> sought = new HashSet<>();
  private int found;

  LogClaims(String file) {
    this.file = file;
  }

  void add(long entries, Digest head, String kind, String source) {
    claims.add(new Claim(new Head(head, entries), kind, source));
    wanted.put(entries, Head.EMPTY.digest());
  }

  void anywhere(Digest head) {
    sought.add(head);
  }

  void log(Digest first, String source) {
    origins.add(new Origin(first, source));
  }

  /** Takes note of the head after each line, where somebody claims to know it. */
  void see(Head head) {
    if (wanted.containsKey(head.entries())) {
      wanted.put(head.entries(), head.digest());
    }
    if (sought.remove(head.digest())) {
      found++;
    }
  }

  List<Check> checks(Digest first, Head end) {
    List<Check> checks = new ArrayList<>();
    for (Origin origin : origins) {
      if (!origin.log().equals(first)) {
        checks.add(
            Check.fail(
                    "checkpoint-log", "a log whose first line is " + origin.log(), first.toString())
                .at(origin.source()));
      }
    }
    claims.forEach(claim -> checks.add(check(claim, end)));
    for (Digest digest : sought) {
      checks.add(
          Check.fail("log-head-unknown", "a line of digest " + digest, "none in " + end.entries())
              .at(file)
              .advise("the log was cut before this line, or rewritten"));
    }
    if (found > 0) {
      checks.add(Check.pass("log-head", "the kept head is a line of this log"));
    }
    return checks;
  }

  private Check check(Claim claim, Head end) {
    if (claim.head().entries() > end.entries()) {
      return Check.fail(
              claim.kind() + "-cut",
              claim.head().entries() + " entries or more, by " + claim.source(),
              end.entries() + " entries: the end was cut off")
          .at(file);
    }
    var seen = wanted.getOrDefault(claim.head().entries(), Head.EMPTY.digest());
    return seen.equals(claim.head().digest())
        ? Check.pass(
            claim.kind() + "-head",
            "%d entries, by %s".formatted(claim.head().entries(), claim.source()))
        : Check.fail(
                claim.kind() + "-head",
                "%s after %d entries, by %s"
                    .formatted(claim.head().digest(), claim.head().entries(), claim.source()),
                seen + ": what was written until then was rewritten")
            .at("%s, line %d".formatted(file, claim.head().entries()));
  }
}
