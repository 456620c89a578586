// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.Judgement;
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
 * @param device whom the evidence speaks of; proven only if accepted, absent only if malformed
 * @param release absent where the release is not trusted
 * @param problem what could not be read, if malformed
 */
public record VerdictReport(
    String schema,
    String verdict,
    Optional<DeviceId> device,
    Optional<Release> release,
    Instant at,
    Optional<String> problem,
    List<Item> checks) {
  public static final String SCHEMA = "trustme/verdict/1";
  public static final String ACCEPTED = "accepted";
  public static final String REJECTED = "rejected";
  public static final String MALFORMED = "malformed";
  static final String PASS = "pass";
  static final String WARN = "warn";
  static final String FAIL = "fail";
  static final String NOT_APPLICABLE = "not-applicable";

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
   * @param severity {@code error} decides the verdict, {@code warning} does not, {@code none} is
   *     nothing to look at
   */
  public record Item(
      String id,
      String result,
      String severity,
      String expected,
      String seen,
      String where,
      String advice) {
    static Item of(Check check) {
      return new Item(
          check.id(),
          check.result().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          check.failed() ? "error" : check.warns() ? "warning" : "none",
          check.expected(),
          check.seen(),
          check.where(),
          check.advice());
    }

    boolean failed() {
      return result.equals(FAIL);
    }

    boolean warns() {
      return result.equals(WARN);
    }
  }

  public static VerdictReport of(
      Verdict<?> verdict, DeviceId device, Optional<Release> release, Instant at) {
    return new VerdictReport(
        SCHEMA,
        verdict.accepted() ? ACCEPTED : REJECTED,
        Optional.of(device),
        release,
        at,
        Optional.empty(),
        verdict.checks().stream().map(Item::of).toList());
  }

  /** What a judge said of a device's evidence. */
  public static VerdictReport of(Judgement.Judged judged, DeviceId device, Instant at) {
    return of(judged.verdict(), device, judged.release().map(Release::of), at);
  }

  /** The checks that failed, in the order of the judgement. */
  public List<Item> failures() {
    return checks.stream().filter(Item::failed).toList();
  }

  /** Evidence that cannot even be read. */
  public static VerdictReport malformed(Optional<DeviceId> device, Instant at, String problem) {
    return new VerdictReport(
        SCHEMA, MALFORMED, device, Optional.empty(), at, Optional.of(problem), List.of());
  }
}
