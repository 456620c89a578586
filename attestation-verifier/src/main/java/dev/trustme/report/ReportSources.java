// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.Policy;
import dev.trustme.evidence.Evidence;
import dev.trustme.release.ReleaseManifest;
import java.util.Optional;

/**
 * What was judged and by what, for reports that show more than the checks.
 *
 * @param evidence absent if it cannot be read
 * @param release only if its signature holds
 */
public record ReportSources(
    Optional<Evidence> evidence, Optional<ReleaseManifest> release, Policy policy) {}
