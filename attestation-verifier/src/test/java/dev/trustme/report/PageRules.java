// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.util.HashSet;
import java.util.Set;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What every page has to be: one file that loads and runs nothing, and that can be read aloud. */
final class PageRules {
  private static final Set<String> ACTIVE =
      Set.of(
          "script", "link", "img", "iframe", "object", "embed", "form", "input", "base", "video");

  private PageRules() {}

  static void require(Document page) {
    loadsAndRunsNothing(page);
    linksLeadSomewhere(page);
    headingsDescendStepByStep(page);
    for (Element cell : Pages.all(page, "th")) {
      assertFalse(cell.getAttribute("scope").isEmpty(), cell.getTextContent());
    }
    for (Element list : Pages.all(page, "dl")) {
      assertEquals(Pages.all(list, "dt").size(), Pages.all(list, "dd").size());
    }
    assertEquals(1, Pages.all(page, "h1").size());
    assertEquals("en", page.getDocumentElement().getAttribute("lang"));
  }

  private static void loadsAndRunsNothing(Document page) {
    for (Element each : Pages.all(page, "*")) {
      assertFalse(ACTIVE.contains(each.getTagName()), each.getTagName());
      assertTrue(each.getAttribute("style").isEmpty() && each.getAttribute("src").isEmpty());
      var names = each.getAttributes();
      for (int i = 0; i < names.getLength(); i++) {
        assertFalse(names.item(i).getNodeName().startsWith("on"), names.item(i).getNodeName());
      }
    }
    String style = Pages.all(page, "style").getFirst().getTextContent();
    assertFalse(style.contains("url(") || style.contains("@import"), "the style loads something");
    String policy =
        Pages.all(page, "meta").stream()
            .filter(m -> m.getAttribute("http-equiv").equals("Content-Security-Policy"))
            .map(m -> m.getAttribute("content"))
            .findFirst()
            .orElseThrow();
    String hash = HashAlgorithm.SHA256.digest(Bytes.utf8(style)).value().base64();
    assertTrue(policy.startsWith("default-src 'none'; style-src 'sha256-" + hash + "'"), policy);
  }

  private static void linksLeadSomewhere(Document page) {
    Set<String> ids = new HashSet<>();
    for (Element each : Pages.all(page, "*")) {
      String id = each.getAttribute("id");
      assertTrue(id.isEmpty() || ids.add(id), "twice: " + id);
    }
    for (Element link : Pages.all(page, "a")) {
      assertTrue(ids.contains(link.getAttribute("href").substring(1)), link.getAttribute("href"));
    }
  }

  private static void headingsDescendStepByStep(Document page) {
    int last = 0;
    for (Element each : Pages.all(page, "*")) {
      if (each.getTagName().matches("h[1-6]")) {
        int level = each.getTagName().charAt(1) - '0';
        assertTrue(level <= last + 1, each.getTextContent());
        last = level;
      }
    }
  }
}
