// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class VerdictReportTest {
  private static final DeviceId DEVICE = new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final TextReport.Paint PLAIN =
      new TextReport.Paint(
          UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());

  private static VerdictReport report(Check... checks) {
    return VerdictReport.of(
        Verdict.of(List.of(checks), () -> "x"),
        DEVICE,
        Optional.of(new VerdictReport.Release("acme", 41)),
        AT);
  }

  @Test
  void findingSaysWhatWhereAndWhatToDo() {
    var finding =
        Check.fail("pcr-11", "sha256:41", "sha256:77").at("TCG log, event 27").advise("look");
    String text =
        new TextReport(PLAIN, false).of(report(Check.pass("quote-magic", "ff544347"), finding));
    assertEquals(
        """
        REJECTED   device 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44   release acme 41   2026-11-22T10:14:03Z
          pcr-11                  not so: PCR 11, the sections of the boot image, is as the release predicts
              expected     sha256:41
              seen         sha256:77
              where        TCG log, event 27
              what to do   look
        1 of 2 checks passed (--all lists them)
        """,
        text);
  }

  @Test
  void listsEveryCheckOnDemand() {
    String text =
        new TextReport(PLAIN, true)
            .of(report(Check.pass("quote-magic", "ff54"), Check.notApplicable("quote-safe", "no")));
    assertTrue(text.startsWith("ACCEPTED"), text);
    assertTrue(text.contains("quote-magic             ff54\n"), text);
    assertTrue(text.endsWith("1 of 1 checks passed, 1 not required by the policy\n"), text);
  }

  @Test
  void nothingFromTheEvidenceSteersTheTerminal() {
    String text =
        new TextReport(PLAIN, false)
            .of(report(Check.fail("ak-device", "x", "\u001b[2K\rACCEPTED")));
    assertFalse(text.contains("\u001b") || text.contains("\r"), text);
  }

  @Test
  void programsReadEveryCheck() throws Exception {
    var tree = Json.tree(Json.write(report(Check.fail("pcr-4", "a", "b"))), "verdict");
    assertEquals("trustme/verdict/1", tree.get("schema").asText());
    assertEquals("rejected", tree.get("verdict").asText());
    assertEquals("fail", tree.get("checks").get(0).get("result").asText());
    assertFalse(tree.has("problem"));
    var malformed = VerdictReport.malformed(Optional.of(DEVICE), AT, "bad");
    assertEquals("malformed", malformed.verdict());
  }
}
