// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.PreparedVerdicts;
import dev.trustme.attest.PreparedVerdicts.Prepared;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class HtmlReportTest {
  private static Document page(Prepared prepared) throws Exception {
    return Pages.parse(HtmlReport.of(prepared.report(), prepared.sources()));
  }

  @TestFactory
  Stream<DynamicTest> pageIsOneReadableFile() throws Exception {
    return PreparedVerdicts.all().stream()
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> PageRules.require(page(each))));
  }

  private static List<String> causes(Document page) {
    return Pages.ofClass(page, "card").stream()
        .map(card ->
            Pages.all(card, "h3").getFirst().getTextContent()
                + ": "
                + Pages.all(card, "p").getFirst().getTextContent())
        .toList();
  }

  private static List<String> marked(Document page) {
    return Pages.ofClass(page, "events").stream()
        .flatMap(events -> Pages.all(events, "li").stream())
        .filter(li -> li.getAttribute("class").equals("bad"))
        .map(li -> Pages.all(li, "summary").getFirst().getTextContent())
        .toList();
  }

  @Test
  void wrongKernelIsNamedAsKernel() throws Exception {
    var page = page(PreparedVerdicts.wrongKernel());
    assertEquals(
        List.of(
            "Kernel: The kernel inside the boot image is not the one that the release contains."),
        causes(page));
    assertEquals(
        List.of(
            "24PCR 4PciRoot(0x0)/Pci(0x2,0x0)/\\EFI\\BOOT\\BOOTX64.EFI (14226136 bytes)differs",
            "26PCR 11section .linux: its contentdiffers"),
        marked(page).stream().map(t -> t.replace("  ", " ")).toList());
  }

  @Test
  void staleRevocationListIsNamed() throws Exception {
    var page = page(PreparedVerdicts.staleDbx());
    assertEquals(1, causes(page).size());
    assertTrue(
        causes(page).getFirst().startsWith("Revocation list (dbx): "), causes(page)::toString);
    assertEquals(List.of("8PCR 7dbx = (empty)differs"), marked(page));
  }

  @Test
  void replayedQuoteIsNamedAndNothingOfItIsCalledProven() throws Exception {
    var page = page(PreparedVerdicts.replayedQuote());
    assertEquals(
        List.of(
            "Quote: The quote answers another challenge than this one. An old quote is replayed."),
        causes(page));
    for (Element mark : Pages.ofClass(page, "mark")) {
      boolean inEvents = mark.getParentNode().getNodeName().equals("summary");
      assertFalse(
          inEvents && !Set.of("claimed", "not measured").contains(mark.getTextContent()),
          mark.getTextContent());
    }
  }

  @Test
  void oldContainerIsNamedAndMarked() throws Exception {
    var page = page(PreparedVerdicts.oldContainer());
    assertEquals(
        List.of(
            "Container web 9: The device started an older version of a container than the policy"
                + " allows."),
        causes(page));
    assertEquals(List.of("1PCR 13web, version 9differs"), marked(page));
    assertEquals(
        List.of(),
        Pages.ofClass(page, "pcrs").stream()
            .flatMap(table -> Pages.all(table, "tr").stream())
            .filter(tr -> tr.getAttribute("class").equals("bad"))
            .toList());
  }

  /** Who sees nothing but the head of a card knows what is wrong with which part. */
  @Test
  void everyPreparedFailureNamesItsComponentAndCause() throws Exception {
    assertEquals(
        List.of(
            "Kernel",
            "Revocation list (dbx)",
            "Edited or wrongly signed file",
            "Container web 9",
            "Quote"),
        Stream.of(
                PreparedVerdicts.wrongKernel(),
                PreparedVerdicts.staleDbx(),
                PreparedVerdicts.editedFile(),
                PreparedVerdicts.oldContainer(),
                PreparedVerdicts.replayedQuote())
            .map(HtmlReportTest::component)
            .toList());
  }

  private static String component(Prepared prepared) {
    try {
      var page = page(prepared);
      var card = Pages.ofClass(page, "card").getFirst();
      for (var each = card.getParentNode(); each != null; each = each.getParentNode()) {
        assertNotEquals("details", each.getNodeName(), "nothing has to be opened");
      }
      return Pages.all(card, "h3").getFirst().getTextContent();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void editedLogIsOneCauseAtItsEntry() throws Exception {
    var page = page(PreparedVerdicts.editedLog());
    assertEquals(
        List.of(
            "Event log: An entry of the event log was changed. Its text is not what was measured."),
        causes(page));
    assertEquals(List.of("4PCR 7SecureBoot = 0 (off)differs"), marked(page));
  }

  @Test
  void editedFileIsNamedWithItsCauseAndItsEntry() throws Exception {
    var page = page(PreparedVerdicts.editedFile());
    assertEquals(
        List.of(
            "Edited or wrongly signed file: A file's signature does not hold for what was measured."
                + " The file was changed after it was signed, or a stranger signed it.",
            "Edited or unknown file: The device ran or read a file that is not one of yours, or no"
                + " longer as you made it."),
        causes(page));
    assertEquals(
        List.of("252PCR 10/usr/bin/editeddiffers", "253PCR 10/usr/share/releaseddiffers"),
        marked(page));
    String card = Pages.ofClass(page, "card").getFirst().getTextContent();
    assertTrue(card.contains("/usr/bin/edited: one over other content"), card);
    assertTrue(card.contains("a signature by CN=leaf over sha256:"), card);
    assertTrue(
        Pages.all(page, "a").stream().anyMatch(a -> a.getAttribute("href").equals("#file-252")));
  }

  @Test
  void signersOfFilesAreTold() throws Exception {
    var page = page(PreparedVerdicts.signedFiles());
    assertEquals(List.of(), causes(page));
    String text = page.getDocumentElement().getTextContent();
    assertTrue(text.contains("Good: 12 signed by CN=leaf, 1 released."), text);
    assertTrue(
        Pages.ofClass(page, "mark").stream().anyMatch(m -> m.getTextContent().equals("signed")));
  }

  @Test
  void tooOldReleaseIsNamed() throws Exception {
    assertEquals(
        List.of("Release manifest: The release is older than the policy still allows."),
        causes(page(PreparedVerdicts.tooOld())));
  }

  @Test
  void malformedEvidenceGivesAPageThatSaysWhereItBreaks() throws Exception {
    var page = page(PreparedVerdicts.malformed());
    assertEquals("Malformed", Pages.all(page, "h1").getFirst().getTextContent().strip());
    assertTrue(causes(page).getFirst().startsWith("Evidence: "), causes(page)::toString);
    assertTrue(page.getDocumentElement().getTextContent().contains("TCG_PCR_EVENT2 at offset"));
  }

  @Test
  void acceptedDeviceHasNoCauseAndNoMark() throws Exception {
    var page = page(PreparedVerdicts.accepted());
    assertEquals(List.of(), causes(page));
    assertEquals(List.of(), marked(page));
    assertEquals(
        Set.of("as released", "quoted", "claimed", "not measured"),
        Pages.ofClass(page, "events").stream()
            .flatMap(events -> Pages.all(events, "span").stream())
            .filter(s -> s.getAttribute("class").startsWith("mark"))
            .map(Element::getTextContent)
            .collect(Collectors.toSet()));
  }

  @Test
  void everyCheckIsInThePageWithItsResult() throws Exception {
    var prepared = PreparedVerdicts.wrongKernel();
    var rows =
        Pages.all(page(prepared), "tr").stream()
            .filter(tr -> tr.getAttribute("id").startsWith("check-"))
            .collect(
                Collectors.toMap(
                    tr -> tr.getAttribute("id").substring(6), tr -> tr.getAttribute("class")));
    assertEquals(prepared.report().checks().size(), rows.size());
    for (var item : prepared.report().checks()) {
      String expected =
          switch (item.result()) {
            case "fail" -> "bad";
            case "not-applicable" -> "faint";
            default -> "good";
          };
      assertEquals(expected, rows.get(item.id()), item.id());
    }
  }
}
