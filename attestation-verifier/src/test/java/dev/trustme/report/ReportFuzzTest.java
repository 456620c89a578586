// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.attest.PreparedVerdicts;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Any words of a device in every form: all stay well-formed, and nothing steers a terminal. */
class ReportFuzzTest {
  @FuzzTest
  void words(byte[] input) throws Exception {
    String words = new String(input, StandardCharsets.UTF_16LE);
    var check = Check.fail(words, words, words).at(words).advise(words);
    var report =
        VerdictReport.of(
            Verdict.of(List.of(check), () -> "x"),
            PreparedVerdicts.DEVICE_ID,
            Optional.empty(),
            PreparedVerdicts.AT);
    var sources = new ReportSources(Optional.empty(), Optional.empty(), PreparedVerdicts.policy());
    Pages.parse(HtmlReport.of(report, sources));
    Pages.parse(JUnitReport.of(report));
    var paint =
        new TextReport.Paint(
            UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());
    assertTrue(
        new TextReport(paint, true)
            .of(report)
            .codePoints()
            .noneMatch(c -> c != '\n' && Character.isISOControl(c)));
  }
}
