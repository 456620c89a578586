// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.EvidenceCheck;
import dev.trustme.attest.PreparedVerdicts;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrustworthinessVectorTest {
  private static Optional<TrustworthinessVector> of(String... failed) {
    var checks =
        java.util.Arrays.stream(failed).map(id -> Check.fail(id, "expected", "seen")).toList();
    return TrustworthinessVector.of(
        VerdictReport.of(
            Verdict.of(checks, () -> "x"),
            PreparedVerdicts.DEVICE_ID,
            Optional.empty(),
            PreparedVerdicts.AT));
  }

  private static void is(
      int identity, int configuration, int executables, int hardware, String id) {
    assertEquals(
        Optional.of(new TrustworthinessVector(identity, configuration, executables, hardware)),
        of(id),
        id);
  }

  @Test
  void eachFailureContradictsTheClaimThatItIsAbout() {
    is(2, 2, 96, 2, "pcr-11");
    is(2, 96, 3, 2, "pcr-7");
    is(2, 96, 3, 2, "secure-boot");
    is(2, 2, 96, 2, "log-digests");
    is(2, 2, 96, 2, "release-sequence");
    is(97, 2, 3, 97, "ak-certificate");
    is(96, 2, 3, 96, "ak-device");
    is(96, 2, 3, 2, "nonce-device");
    is(99, 99, 99, 99, "quote-signature");
    is(99, 99, 99, 99, "quote-nonce");
  }

  @Test
  void preparedVerdictsAreToldApart() throws Exception {
    assertEquals(
        Optional.of(new TrustworthinessVector(2, 2, 3, 2)),
        TrustworthinessVector.of(PreparedVerdicts.accepted().report()));
    assertEquals(
        Optional.of(new TrustworthinessVector(99, 99, 99, 99)),
        TrustworthinessVector.of(PreparedVerdicts.replayedQuote().report()));
    assertTrue(TrustworthinessVector.of(PreparedVerdicts.malformed().report()).isEmpty());
  }

  /** A rejection may be about freshness alone, of which the vector has no claim. */
  @Test
  void everyCheckButThoseOfFreshnessHasAClaim() {
    var unclaimed =
        java.util.Arrays.stream(EvidenceCheck.values())
            .map(EvidenceCheck::id)
            .filter(id -> of(id).equals(Optional.of(new TrustworthinessVector(2, 2, 3, 2))))
            .toList();
    assertEquals(
        List.of("nonce-known", "nonce-unused", "nonce-fresh", "quote-clock", "quote-safe"),
        unclaimed);
  }
}
