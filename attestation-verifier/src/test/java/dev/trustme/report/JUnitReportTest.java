// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.PreparedVerdicts;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class JUnitReportTest {
  private static Element suite(Document xml) {
    assertEquals("testsuites", xml.getDocumentElement().getTagName());
    return Pages.all(xml, "testsuite").getFirst();
  }

  @Test
  void everyCheckIsATestCase() throws Exception {
    var report = PreparedVerdicts.wrongKernel().report();
    var suite = suite(Pages.parse(JUnitReport.of(report)));
    assertEquals("2", suite.getAttribute("failures"));
    assertEquals("0", suite.getAttribute("errors"));
    assertEquals(String.valueOf(report.checks().size()), suite.getAttribute("tests"));
    assertEquals("2026-11-22T12:00:00", suite.getAttribute("timestamp"));
    assertEquals(
        report.checks().stream().map(VerdictReport.Item::id).toList(),
        Pages.all(suite, "testcase").stream().map(c -> c.getAttribute("name")).toList());
    var failures = Pages.all(suite, "failure");
    assertEquals(
        List.of("pcr-4", "pcr-11"),
        failures.stream().map(f -> ((Element) f.getParentNode()).getAttribute("name")).toList());
    assertTrue(failures.getLast().getAttribute("message").contains("EV_IPL .linux"));
  }

  @Test
  void evidenceThatCannotBeReadIsAnError() throws Exception {
    var suite = suite(Pages.parse(JUnitReport.of(PreparedVerdicts.malformed().report())));
    assertEquals("1", suite.getAttribute("errors"));
    assertEquals("1", suite.getAttribute("tests"));
    assertEquals(1, Pages.all(suite, "error").size());
  }

  @Test
  void whatIsNotRequiredIsSkippedAndAWarningPasses() throws Exception {
    var report =
        VerdictReport.of(
            Verdict.of(
                List.of(
                    Check.notApplicable("quote-safe", "the policy asks for any clock"),
                    Check.warn("release-signature", "a fresh list", "a stale list")),
                () -> "x"),
            PreparedVerdicts.DEVICE_ID,
            Optional.empty(),
            PreparedVerdicts.AT);
    var suite = suite(Pages.parse(JUnitReport.of(report)));
    assertEquals("1", suite.getAttribute("skipped"));
    assertEquals("0", suite.getAttribute("failures"));
    assertTrue(Pages.all(suite, "system-out").getFirst().getTextContent().startsWith("warning: "));
  }
}
