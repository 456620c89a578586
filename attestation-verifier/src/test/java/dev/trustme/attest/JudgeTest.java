// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One device and the releases that it may run. */
class JudgeTest {
  private final Scenario scenario = new Scenario();
  private final List<Measurement> right = scenario.predictions;

  /** A release that predicts these PCRs wrongly. */
  private DsseEnvelope release(long sequence, Integer... wrong) {
    scenario.sequence = sequence;
    scenario.predictions = right;
    for (int pcr : wrong) {
      scenario.predictions =
          scenario.predictions.stream().map(m -> FleetFolder.extended(m, pcr)).toList();
    }
    return scenario.release();
  }

  private Judge judge(DsseEnvelope... releases) throws FormatException {
    var anchors =
        new TrustAnchors(
            new TrustStore(List.of(scenario.releases.certificate)),
            new TrustStore(List.of(scenario.devices.certificate)));
    return Judge.of(scenario.policy, anchors, List.of(releases), List.of());
  }

  private Judgement.Judged judged(Judge judge, Instant at) {
    var known = new KnownDevice(scenario.answer, scenario.last, Optional.empty());
    return assertInstanceOf(Judgement.Judged.class, judge.judge(scenario.evidence(), known, at));
  }

  private void accepts(long sequence, DsseEnvelope... releases) throws FormatException {
    var judged = judged(judge(releases), Scenario.NOW);
    assertTrue(judged.accepted(), judged.verdict().failures().toString());
    assertEquals(Optional.of(sequence), judged.release().map(ReleaseManifest::sequence));
  }

  private void rejects(long sequence, List<String> failures, DsseEnvelope... releases)
      throws FormatException {
    var judged = judged(judge(releases), Scenario.NOW);
    assertEquals(failures, judged.verdict().failures().stream().map(Check::id).toList());
    assertEquals(Optional.of(sequence), judged.release().map(ReleaseManifest::sequence));
  }

  @Test
  void holdsTheDeviceAgainstTheReleaseThatItRuns() throws FormatException {
    accepts(41, release(41));
    accepts(41, release(42, 11), release(41));
    accepts(42, release(41, 4), release(42), release(43, 4, 11));
  }

  @Test
  void takesTheNewestOfThoseThatBootToTheSameValues() throws FormatException {
    accepts(43, release(42), release(43), release(41));
    assertEquals(
        List.of(43L, 42L, 41L),
        judge(release(42), release(43), release(41)).offered().stream()
            .map(ReleaseManifest::sequence)
            .toList());
  }

  @Test
  void neverMixesReleases() throws FormatException {
    rejects(42, List.of("pcr-4"), release(41, 11), release(42, 4));
    rejects(41, List.of("pcr-11"), release(41, 11), release(42, 4, 7));
  }

  @Test
  void aReleaseThatThePolicyDoesNotAdmitIsNone() throws FormatException {
    rejects(42, List.of("pcr-11"), release(40), release(42, 11));
    var stranger = new Scenario();
    stranger.sequence = 50;
    stranger.predictions = right;
    rejects(42, List.of("pcr-11"), stranger.release(), release(42, 11));
    rejects(40, List.of("release-sequence"), release(39), release(40));
  }

  @Test
  void aReleaseCountsInItsOwnTimeAlone() throws FormatException {
    scenario.releaseUntil = Scenario.NOW.plusSeconds(10);
    var judge = judge(release(41));
    for (int i = 0; i < 2; i++) {
      assertTrue(judged(judge, Scenario.NOW).accepted());
      assertEquals(
          List.of("release-validity"),
          judged(judge, Scenario.NOW.plusSeconds(10)).verdict().failures().stream()
              .map(Check::id)
              .toList());
    }
    assertEquals(1, judge.admitted(Scenario.NOW).size());
    assertEquals(List.of(), judge.admitted(Scenario.NOW.plusSeconds(10)));
  }

  @Test
  void wantsReleasesThatCanBeTold() {
    assertThrows(IllegalArgumentException.class, () -> judge());
    assertThrows(IllegalArgumentException.class, () -> judge(release(41), release(41, 11)));
    var broken = new DsseEnvelope(DsseEnvelope.RELEASE, Bytes.utf8("{}"), release(41).signatures());
    assertThrows(FormatException.class, () -> judge(release(41), broken));
  }

  @Test
  void alwaysAnswers() throws FormatException {
    var judge = judge(release(41));
    var text =
        assertInstanceOf(
            Judgement.Malformed.class, judge.judgeRecorded(Bytes.utf8("{"), Scenario.NOW));
    assertEquals("evidence", text.problem().structure());
    scenario.log = scenario.log.slice(0, scenario.log.size() - 1);
    var log = judge.judgeRecorded(scenario.evidence().encode(), Scenario.NOW);
    assertInstanceOf(Judgement.Malformed.class, log);
  }

  @Test
  void recordedEvidenceNeedsNoChallenge() throws FormatException {
    scenario.answer = new NonceAnswer.Unknown();
    var judge = judge(release(41));
    assertTrue(judge.judgeRecorded(scenario.evidence().encode(), Scenario.NOW).accepted());
    rejects(41, List.of("nonce-known", "nonce-unused", "nonce-device", "nonce-fresh"), release(41));
  }

  /** What is remembered of authorities changes no answer, whichever thread asks. */
  @Test
  void judgesInManyThreads() throws FormatException {
    var judge = judge(release(42, 11), release(41));
    Bytes good = scenario.evidence().encode();
    var foreign = new Scenario();
    Bytes other = foreign.evidence().encode();
    var wrong =
        IntStream.range(0, 200)
            .parallel()
            .filter(i ->
                judge.judgeRecorded(i % 2 == 0 ? good : other, Scenario.NOW).accepted()
                    != (i % 2 == 0))
            .count();
    assertEquals(0, wrong);
  }
}
