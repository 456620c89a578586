// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.Digest;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether checkpoints are all there, each naming the one before it, none going back. */
final class CheckpointSeries {
  private CheckpointSeries() {}

  static List<Check> check(List<SignedCheckpoint> series) {
    List<Check> checks = new ArrayList<>();
    long number = 0;
    long entries = 0;
    Optional<Digest> previous = Optional.empty();
    for (SignedCheckpoint each : series) {
      var stated = each.untrusted();
      if (stated.number() != number + 1) {
        checks.add(
            fail(
                "checkpoint-missing",
                "checkpoint " + (number + 1),
                "checkpoint " + stated.number(),
                each));
      } else if (!stated.previous().equals(previous)) {
        checks.add(
            fail(
                "checkpoint-previous",
                words(previous),
                words(stated.previous()) + ": another one was signed before it",
                each));
      }
      if (stated.entries() < entries) {
        checks.add(
            fail(
                "checkpoint-order",
                entries + " entries or more",
                stated.entries() + " entries",
                each));
      }
      number = stated.number();
      entries = stated.entries();
      previous = Optional.of(each.digest());
    }
    if (checks.isEmpty() && number > 0) {
      checks.add(Check.pass("checkpoint-series", number + " checkpoints"));
    }
    return checks;
  }

  private static String words(Optional<Digest> previous) {
    return previous.map(Digest::toString).orElse("the first");
  }

  private static Check fail(String id, String expected, String seen, SignedCheckpoint where) {
    return Check.fail(id, expected, seen).at(where.source());
  }
}
