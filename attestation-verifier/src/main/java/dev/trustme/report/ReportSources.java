// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.evidence.Evidence;
import dev.trustme.release.ReleaseManifest;
import java.util.Optional;

/**
 * What was judged and by what, for reports that show more than the checks.
 *
 * @param evidence absent if it cannot be read
 * @param release only if its signature holds
 * @param anchors whom the policy believes; without them a report does not tell who signed files
 */
public record ReportSources(
    Optional<Evidence> evidence,
    Optional<ReleaseManifest> release,
    Policy policy,
    Optional<TrustAnchors> anchors) {
  /** Without those whom the policy believes. */
  public ReportSources(
      Optional<Evidence> evidence, Optional<ReleaseManifest> release, Policy policy) {
    this(evidence, release, policy, Optional.empty());
  }
}
