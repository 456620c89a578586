// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;

class FleetPageTest {
  @TestFactory
  Stream<DynamicTest> pageIsOneReadableFile() {
    return PreparedFleets.all().entrySet().stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.getKey(),
                () -> PageRules.require(Pages.parse(FleetPage.of(each.getValue())))));
  }

  private static String headline(Document page) {
    return Pages.all(page, "h1").getFirst().getTextContent();
  }

  @Test
  void everythingThatIsWrongIsNamed() throws Exception {
    var fleet = PreparedFleets.mixed();
    var page = Pages.parse(FleetPage.of(fleet));
    assertEquals("14 of 140 not accepted", headline(page));
    assertEquals(fleet.causes().size(), Pages.ofClass(page, "card").size());
    var rows = Pages.all(Pages.all(page, "tbody").getFirst(), "tr");
    assertEquals(14, rows.size());
    assertTrue(rows.getFirst().getTextContent().contains("pcr-11"));
    assertTrue(rows.getLast().getTextContent().contains("permission denied"));
    String causes = Pages.ofClass(page, "card").getFirst().getTextContent();
    assertTrue(causes.contains(": 5") && causes.contains("What to do"), causes);
  }

  @Test
  void nothingIsClaimedOfAnEmptyFleet() throws Exception {
    var page = Pages.parse(FleetPage.of(PreparedFleets.empty()));
    assertEquals("0 accepted", headline(page));
    assertEquals(1, Pages.ofClass(page, "rejected").size());
    assertTrue(page.getDocumentElement().getTextContent().contains("nothing is proven"));
    var good = Pages.parse(FleetPage.of(PreparedFleets.accepted()));
    assertEquals("2500 accepted", headline(good));
    assertEquals(1, Pages.ofClass(good, "accepted").size());
    assertEquals(0, Pages.ofClass(good, "card").size());
  }
}
