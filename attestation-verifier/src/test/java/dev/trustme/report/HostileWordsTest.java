// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.PreparedVerdicts;
import dev.trustme.bytes.Bytes;
import dev.trustme.json.Json;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Words that a device chose may say anything and change nothing in any form of a verdict. */
class HostileWordsTest {
  private static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>",
          "</style><img src=x onerror=alert(1)>",
          "\"><a href=\"javascript:alert(1)\">",
          "' onmouseover='alert(1)",
          "]]></failure><testcase name=\"x\"/>",
          "&lt;b&gt; &amp; &#x41; &nbsp;",
          "\u001b[2K\rACCEPTED\u0007\u0000",
          "\u202eDETPECCA\u2066 \u200b\ufeff",
          "\ud800 alone, \udc00 too, \uffff \ufffe",
          "a\nb\r\nc\u0085d\u2028e\u2029f",
          "x".repeat(1 << 20));

  private static VerdictReport report(String words) {
    var check = Check.fail("pcr-11", words, words).at(words).advise(words);
    var odd = Check.warn(words, words, words);
    return VerdictReport.of(
        Verdict.of(List.of(Check.notApplicable("quote-safe", words), odd, check), () -> "x"),
        PreparedVerdicts.DEVICE_ID,
        Optional.empty(),
        PreparedVerdicts.AT);
  }

  private static PreparedVerdicts.Prepared good;

  @BeforeAll
  static void judgeOnce() throws Exception {
    good = PreparedVerdicts.accepted();
  }

  private static Bytes html(VerdictReport report) {
    return HtmlReport.of(report, good.sources());
  }

  @Test
  void markupStaysText() throws Exception {
    var plain = Pages.parse(html(report("plain")));
    var cases = Pages.parse(JUnitReport.of(report("plain")));
    for (String words : HOSTILE) {
      var page = Pages.parse(html(report(words)));
      assertEquals(
          Pages.all(plain, "*").size(), Pages.all(page, "*").size(), "elements for " + head(words));
      var xml = Pages.parse(JUnitReport.of(report(words)));
      assertEquals(Pages.all(cases, "*").size(), Pages.all(xml, "*").size(), head(words));
    }
  }

  private static String head(String words) {
    return words.substring(0, Math.min(20, words.length()));
  }

  @Test
  void nothingSteersATerminalOrTurnsALineAround() throws Exception {
    for (String words : HOSTILE) {
      var paint =
          new TextReport.Paint(
              UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());
      for (String form :
          List.of(
              new TextReport(paint, true).of(report(words)),
              html(report(words)).utf8(),
              JUnitReport.of(report(words)).utf8())) {
        assertTrue(
            form.codePoints()
                .noneMatch(c -> c != '\n' && Character.getType(c) == Character.CONTROL));
        assertTrue(form.codePoints().noneMatch(c -> Character.getType(c) == Character.FORMAT));
        assertFalse(form.contains("\u2028") || form.contains("\u2029"));
      }
    }
  }

  @Test
  void longWordsAreCutAndSaidToBe() throws Exception {
    String longest = "x".repeat(1 << 20);
    Bytes page = html(report(longest));
    assertTrue(page.size() < 400_000, page.size() + " bytes");
    assertTrue(page.utf8().contains("… (1048576 characters)"));
    assertTrue(JUnitReport.of(report(longest)).size() < 40_000);
  }

  @Test
  void jsonKeepsEveryWord() throws Exception {
    for (String words : HOSTILE) {
      if (!words.contains("\ud800")) {
        var tree = Json.tree(Json.write(report(words)), "verdict");
        assertEquals(words, tree.get("checks").get(2).get("seen").asText());
      }
    }
  }

  /** A log whose texts are hostile: the page has the same form, and shows the words as words. */
  @Test
  void hostileLogTextsStayText() throws Exception {
    var evidence = good.sources().evidence().orElseThrow();
    byte[] log = evidence.logs().tcg().toArray();
    Bytes action = Bytes.utf8("Calling EFI Application from Boot Option");
    Bytes hostile = Bytes.utf8("<script>alert(\"1\")</script>&<b>'\u0001\u0002\u001b[2;5m");
    assertEquals(action.size(), hostile.size());
    int at = new String(log, StandardCharsets.ISO_8859_1).indexOf(action.utf8());
    System.arraycopy(hostile.toArray(), 0, log, at, hostile.size());
    var sources =
        new ReportSources(
            Optional.of(PreparedVerdicts.withLog(evidence, Bytes.copyOf(log))),
            good.sources().release(),
            good.sources().policy());
    var page = Pages.parse(HtmlReport.of(good.report(), sources));
    assertTrue(Pages.all(page, "script").isEmpty());
    assertTrue(
        page.getDocumentElement().getTextContent().contains("<script>alert(\"1\")</script>&<b>'"));
  }
}
