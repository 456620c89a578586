// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.evidence.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a whole fleet, schema {@code trustme/fleet/1}.
 *
 * @param judged the first and the last moment that evidence was judged at
 * @param releases the releases that devices were accepted by, and how many
 * @param causes the first check that failed, and for how much evidence; its sum is that of the
 *     rejected
 * @param notAccepted the first of them; {@code counts} has their number
 */
public record FleetSummary(
    String schema,
    Optional<Period> judged,
    Counts counts,
    Devices devices,
    List<Share> releases,
    List<Share> causes,
    List<NotAccepted> notAccepted) {
  public static final String SCHEMA = "trustme/fleet/1";

  /** So many are named; all of them are in the results and in the CSV file. */
  public static final int MAX_NAMED = 1000;

  public FleetSummary {
    releases = List.copyOf(releases);
    causes = List.copyOf(causes);
    notAccepted = List.copyOf(notAccepted);
  }

  /** From and until. */
  public record Period(Instant from, Instant until) {}

  /**
   * Pieces of evidence.
   *
   * @param evidence all but the repeated
   * @param warned accepted although a check failed that the policy tolerates
   * @param repeated the same bytes once more, which were not judged again
   */
  public record Counts(
      long evidence,
      long accepted,
      long rejected,
      long malformed,
      long unreadable,
      long failed,
      long warned,
      long repeated) {
    public long notAccepted() {
      return evidence - accepted;
    }
  }

  /**
   * Devices, by the UUID that their evidence names.
   *
   * @param accepted those with evidence that was accepted
   * @param severalTimes those with more than one piece of evidence
   * @param contradictory those of them with evidence that was accepted and evidence that was not
   */
  public record Devices(long named, long accepted, long severalTimes, long contradictory) {}

  /** How much evidence something has. */
  public record Share(String id, long count) {
    static List<Share> of(Map<String, Long> counts) {
      return counts.entrySet().stream()
          .map(e -> new Share(e.getKey(), e.getValue()))
          .sorted((a, b) -> Long.compare(b.count(), a.count()))
          .toList();
    }
  }

  /** Evidence that was not accepted: the checks that failed, or what could not be read. */
  public record NotAccepted(
      long number,
      String evidence,
      Optional<DeviceId> device,
      FleetVerdict verdict,
      List<String> failures,
      Optional<String> problem) {
    public NotAccepted {
      failures = List.copyOf(failures);
    }

    static NotAccepted of(FleetResult result) {
      return new NotAccepted(
          result.number(),
          result.evidence(),
          result.device(),
          result.verdict(),
          result.failures().stream().map(FleetResult.Failure::id).toList(),
          result.problem());
    }
  }
}
