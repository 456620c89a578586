// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.PreparedVerdicts;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelRecord;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.cel.ContainerLog;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContainerStageTest {
  private static Bytes log() {
    var digest = HashAlgorithm.SHA256.digest(Bytes.utf8("web"));
    var event =
        new ContainerEvent(
            digest, digest, digest, "verity", ContainerEvent.NO_LABEL, Optional.of(7L), 0);
    return ContainerLog.empty()
        .with(CelRecord.of(0, 13, event, Set.of(HashAlgorithm.SHA256)))
        .encode();
  }

  private static BootStage stage(VerdictReport report, Optional<Bytes> log) throws Exception {
    var sources = PreparedVerdicts.accepted().sources();
    return new ContainerStage(new JudgedBoot(report, sources), sources.release()).of(log);
  }

  private static VerdictReport failing(Check... checks) {
    return VerdictReport.of(
        Verdict.of(List.of(checks), () -> "x"),
        PreparedVerdicts.DEVICE_ID,
        Optional.empty(),
        PreparedVerdicts.AT);
  }

  @Test
  void aLogThatTheQuoteDoesNotBearOutIsAClaim() throws Exception {
    var stage = stage(PreparedVerdicts.accepted().report(), Optional.of(log()));
    assertEquals(
        List.of(Mark.CLAIMED), stage.entries().stream().map(BootStage.Entry::mark).toList());
    assertTrue(stage.remark().contains("does not bear this log out"), stage.remark());
    assertEquals("a container that is not of this release", stage.entries().getFirst().what());
  }

  @Test
  void aRecordThatAFindingPointsAtIsMarked() throws Exception {
    var check =
        Check.fail("container-known", "a known one", "another").at("container log, record 0");
    var stage = stage(failing(check), Optional.of(log()));
    assertEquals(Mark.DIFFERS, stage.entries().getFirst().mark());
    assertTrue(stage.bad());
  }

  @Test
  void noLogABrokenOneAndAnEmptyOneAreTold() throws Exception {
    var report = PreparedVerdicts.accepted().report();
    assertTrue(stage(report, Optional.empty()).remark().contains("carries no container log"));
    assertTrue(stage(report, Optional.of(Bytes.utf8("{}\n"))).remark().contains("cannot be read"));
    assertTrue(stage(report, Optional.of(Bytes.empty())).remark().contains("is empty"));
  }
}
