// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.evidence.DeviceId;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A verdict on a device, schema {@code trustme/verdict/1}.
 *
 * @param verdict {@code accepted}, {@code rejected} or {@code malformed}
 * @param device whom the evidence speaks of; proven only if accepted
 * @param release absent where the release is not trusted
 * @param problem what could not be read, if malformed
 */
public record VerdictReport(
    String schema,
    String verdict,
    DeviceId device,
    Optional<Release> release,
    Instant at,
    Optional<String> problem,
    List<Item> checks) {
  public static final String SCHEMA = "trustme/verdict/1";

  public VerdictReport {
    checks = List.copyOf(checks);
  }

  /** The release that the device was judged by. */
  public record Release(String name, long sequence) {
    public static Release of(ReleaseManifest manifest) {
      return new Release(manifest.name(), manifest.sequence());
    }
  }

  /**
   * One check.
   *
   * @param result {@code pass}, {@code warn}, {@code fail} or {@code not-applicable}
   */
  public record Item(
      String id, String result, String expected, String seen, String where, String advice) {
    static Item of(Check check) {
      return new Item(
          check.id(),
          check.result().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          check.expected(),
          check.seen(),
          check.where(),
          check.advice());
    }
  }

  public static VerdictReport of(
      Verdict<?> verdict, DeviceId device, Optional<Release> release, Instant at) {
    return new VerdictReport(
        SCHEMA,
        verdict.accepted() ? "accepted" : "rejected",
        device,
        release,
        at,
        Optional.empty(),
        verdict.checks().stream().map(Item::of).toList());
  }

  /** Evidence that cannot even be read. */
  public static VerdictReport malformed(DeviceId device, Instant at, String problem) {
    return new VerdictReport(
        SCHEMA, "malformed", device, Optional.empty(), at, Optional.of(problem), List.of());
  }
}
