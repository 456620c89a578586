// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.LogEvents;
import dev.trustme.report.VerdictReport.Item;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The page's answer to why: what cannot be read, each cause, each warning. */
final class HtmlFindings {
  private final VerdictReport report;
  private static final Pattern RECORD =
      Pattern.compile("(container|userspace) log, record ([0-9]|[1-9][0-9]|[1-4][0-9][0-9])");

  private final JudgedBoot boot;
  private final List<Finding> findings;

  HtmlFindings(VerdictReport report, JudgedBoot boot, List<Finding> findings) {
    this.report = report;
    this.boot = boot;
    this.findings = findings;
  }

  void write(Markup page) {
    report.problem().ifPresent(problem -> page.element("section", s -> problem(s, problem)).line());
    if (!findings.isEmpty()) {
      section(page, "Why", s -> findings.forEach(f -> finding(s, f)));
    }
    var warnings = report.checks().stream().filter(Item::warns).toList();
    if (!warnings.isEmpty()) {
      section(page, "Allowed, but worth knowing", s -> warnings.forEach(w -> warning(s, w)));
    }
  }

  private static void section(
      Markup page, String title, java.util.function.Consumer<Markup> content) {
    page.element(
            "section",
            s -> {
              s.element("h2", title);
              content.accept(s);
            })
        .line();
  }

  private static void problem(Markup section, String problem) {
    section.element("h2", "Why");
    section.element(
        "article",
        card -> {
          card.element("h3", "Evidence");
          card.element(
              "p", "The evidence is broken: it does not have the form that evidence has.",
              "class", "cause");
          card.element("dl", dl -> row(dl, "Problem", problem), "class", "rows");
          card.element("h4", "What to do");
          card.element(
              "p",
              "Collect the evidence again. If it stays broken, the device's software writes it"
                  + " wrongly, or it is damaged on its way.");
        },
        "class",
        "card bad");
  }

  private void finding(Markup section, Finding finding) {
    section
        .element(
            "article",
            card -> {
              card.element("h3", finding.component());
              card.element("p", finding.failure(), "class", "cause");
              card.element("dl", dl -> rows(dl, finding.item()), "class", "rows");
              remedy(card, finding);
              finding.explanation().ifPresent(e -> why(card, e));
              consequences(card, finding.consequences());
            },
            "class",
            "card bad")
        .line();
  }

  private void rows(Markup dl, Item item) {
    row(dl, "Expected", item.expected());
    row(dl, "Seen", item.seen());
    event(item)
        .ifPresentOrElse(
            anchor ->
                dl.element(
                    "div",
                    div -> {
                      div.element("dt", "Where");
                      div.element("dd", dd -> dd.element("a", item.where(), "href", "#" + anchor));
                    }),
            () -> row(dl, "Where", item.where()));
    dl.element(
        "div",
        div -> {
          div.element("dt", "Check");
          div.element(
              "dd",
              dd -> dd.element("a", item.id(), "href", "#check-" + item.id(), "class", "mono"));
        });
  }

  private Optional<String> event(Item item) {
    return boot.log().stream()
        .flatMap(log -> log.log().events().stream())
        .filter(e -> LogEvents.where(e).equals(item.where()))
        .map(FirmwareStages::anchor)
        .findFirst()
        .or(() -> FileStage.anchor(item.where()))
        .or(() -> record(item.where()));
  }

  /** The first records of the other logs are on the page as well. */
  private static Optional<String> record(String where) {
    var matcher = RECORD.matcher(where);
    return matcher.matches()
        ? Optional.of("%s-%s".formatted(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  private static void row(Markup dl, String name, String value) {
    if (!value.isEmpty()) {
      dl.element(
          "div",
          div -> {
            div.element("dt", name);
            div.element("dd", value, "class", "mono");
          });
    }
  }

  private static void remedy(Markup card, Finding finding) {
    var steps = finding.explanation().map(Explanation::remedy).orElse(List.of());
    if (steps.isEmpty() && finding.item().advice().isEmpty()) {
      return;
    }
    card.element("h4", "What to do");
    card.element(
        "ul",
        ul -> {
          if (steps.isEmpty()) {
            ul.element("li", finding.item().advice());
          }
          steps.forEach(step -> ul.element("li", step));
        });
  }

  private static void why(Markup card, Explanation explanation) {
    card.element("h4", "Why it matters");
    card.element("p", explanation.why());
  }

  private static void consequences(Markup card, List<Item> items) {
    if (items.isEmpty()) {
      return;
    }
    card.element("h4", "Fails with it");
    card.element(
        "ul",
        ul ->
            items.forEach(item ->
                ul.element(
                    "li",
                    li -> {
                      li.element("a", item.id(), "href", "#check-" + item.id(), "class", "mono");
                      Explanations.byId(item.id()).ifPresent(e -> li.text(": " + e.failure()));
                    })),
        "class",
        "plain");
  }

  private static void warning(Markup section, Item item) {
    section
        .element(
            "article",
            card -> {
              var explanation = Explanations.byId(item.id());
              card.element("h3", explanation.map(Explanation::component).orElse(item.id()));
              card.element(
                  "dl",
                  dl -> {
                    row(dl, "Should be", item.expected());
                    row(dl, "Is", item.seen());
                    row(dl, "Where", item.where());
                    row(dl, "Check", item.id());
                  },
                  "class",
                  "rows");
            },
            "class",
            "card warn")
        .line();
  }
}
