// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Verdict;
import java.util.SortedMap;

/**
 * A log held against PCR values, and against itself: everything of a judgement that needs neither a
 * release nor a key. Only {@link EvidenceVerifier} says whether the values are a TPM's.
 */
public final class LogVerifier {
  private LogVerifier() {}

  /** The checks {@code log-…} and {@code secure-boot} for the selected PCRs and their values. */
  public static Verdict<ReplayedLog> verify(
      ReplayedLog log, TpmsPcrSelection selection, SortedMap<Integer, Digest> claimed) {
    return Verdict.of(
        new LogAppraisal(log, selection, Policy.SecureBootRule.REQUIRED).checks(claimed),
        () -> log);
  }
}
