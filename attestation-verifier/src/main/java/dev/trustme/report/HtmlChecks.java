// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.report.VerdictReport.Item;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Every check with its outcome, by the links of the chain. */
final class HtmlChecks {
  private final Map<Area, List<Item>> byArea = new EnumMap<>(Area.class);
  private final List<Item> others = new ArrayList<>();

  HtmlChecks(VerdictReport report) {
    for (Item item : report.checks()) {
      Explanations.byId(item.id())
          .map(e -> byArea.computeIfAbsent(e.area(), a -> new ArrayList<>()))
          .orElse(others)
          .add(item);
    }
  }

  void write(Markup page) {
    if (byArea.isEmpty() && others.isEmpty()) {
      return;
    }
    page.element(
            "section",
            section -> {
              section.element("h2", "Every check");
              section.element("table", this::table, "class", "checks", "role", "table");
            })
        .line();
  }

  /** The links of the chain with how many checks of each passed. */
  void chain(Markup page) {
    if (byArea.isEmpty()) {
      return;
    }
    page.element(
        "ol",
        ol ->
            byArea.forEach((area, items) -> {
              long failed = items.stream().filter(Item::failed).count();
              ol.element(
                  "li",
                  li -> {
                    li.element("strong", area.title());
                    li.element("span", chainWords(items.size(), failed));
                  },
                  "class",
                  failed == 0 ? "good" : "bad");
            }),
        "class",
        "chain",
        "aria-label",
        "Links of the chain");
  }

  private static String chainWords(int all, long failed) {
    return failed == 0
        ? "\u2713 %d checks".formatted(all)
        : "\u2717 %d of %d failed".formatted(failed, all);
  }

  private void table(Markup table) {
    table.element(
        "thead",
        head ->
            head.element(
                "tr",
                tr -> {
                  for (String title :
                      new String[] {"Check", "What has to hold", "Seen", "Result"}) {
                    tr.element("th", title, "scope", "col", "role", "columnheader");
                  }
                },
                "role",
                "row"),
        "role",
        "rowgroup");
    byArea.forEach((area, items) -> group(table, area.title(), area.about(), items));
    if (!others.isEmpty()) {
      group(table, "More", "", others);
    }
  }

  private static void group(Markup table, String title, String about, List<Item> items) {
    table.element(
        "tbody",
        body -> {
          body.element(
              "tr",
              tr ->
                  tr.element(
                      "th",
                      th -> {
                        th.text(title);
                        th.element("span", about, "class", "about");
                      },
                      "scope",
                      "rowgroup",
                      "colspan",
                      "4",
                      "role",
                      "rowheader"),
              "class",
              "group",
              "role",
              "row");
          items.forEach(item -> row(body, item));
        },
        "role",
        "rowgroup");
  }

  private static void row(Markup body, Item item) {
    body.element(
            "tr",
            tr -> {
              tr.element("th", item.id(), "scope", "row", "class", "mono", "role", "rowheader");
              tr.element(
                  "td",
                  Explanations.byId(item.id()).map(Explanation::meaning).orElse(""),
                  "role",
                  "cell");
              tr.element("td", Shown.text(item.seen(), 300), "class", "mono", "role", "cell");
              tr.element(
                  "td",
                  td -> td.element("span", label(item), "class", "mark " + style(item)),
                  "role",
                  "cell");
            },
            "id",
            "check-" + item.id(),
            "class",
            style(item),
            "role",
            "row")
        .line();
  }

  private static String label(Item item) {
    return switch (item.result()) {
      case VerdictReport.PASS -> "passed";
      case VerdictReport.WARN -> "warning";
      case VerdictReport.FAIL -> "failed";
      default -> "not required";
    };
  }

  private static String style(Item item) {
    return switch (item.result()) {
      case VerdictReport.PASS -> "good";
      case VerdictReport.WARN -> "warn";
      case VerdictReport.FAIL -> "bad";
      default -> "faint";
    };
  }
}
