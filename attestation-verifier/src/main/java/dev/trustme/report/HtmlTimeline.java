// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.report.BootStage.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The boot as a line from firmware to containers; every entry opens without a script. */
final class HtmlTimeline {
  private static final Mark[] PROVEN = {Mark.RELEASED, Mark.SIGNED, Mark.QUOTED, Mark.NOT_MEASURED};

  private final JudgedBoot boot;
  private final List<BootStage> stages = new ArrayList<>();

  HtmlTimeline(JudgedBoot boot, ReportSources sources) {
    this.boot = boot;
    if (sources.evidence().isPresent()) {
      if (boot.problem().isEmpty()) {
        stages.addAll(new FirmwareStages(boot).stages());
      }
      boot.userspace().ifPresent(log -> stages.add(UserspaceStage.of(boot, log)));
      stages.add(FileStage.of(boot, sources));
      stages.add(
          new ContainerStage(boot, sources.release())
              .of(sources.evidence().get().logs().containers()));
    }
  }

  void write(Markup page) {
    if (stages.isEmpty()) {
      return;
    }
    page.element(
            "section",
            section -> {
              section.element("h2", "The boot, step by step");
              section.element("p", introduction(), "class", "note");
              boot.problem()
                  .ifPresent(p ->
                      section.element(
                          "p", "The firmware's log cannot be read: " + p, "class", "note loud"));
              section.element("ol", ol -> stages.forEach(s -> stage(ol, s)), "class", "timeline");
              section.element("details", this::legend, "class", "legend");
            })
        .line();
  }

  private String introduction() {
    return boot.proven()
        ? "Open a step to see what was measured in it. What the quote proves and what is only said"
            + " are told apart."
        : "The quote does not count here: all that follows is only what the device says.";
  }

  private void legend(Markup details) {
    details.element("summary", "What the marks mean");
    details.element(
        "dl",
        dl ->
            Arrays.stream(Mark.values())
                .forEach(mark ->
                    dl.element(
                        "div",
                        div -> {
                          div.element("dt", dt -> mark(dt, mark));
                          div.element("dd", mark.about());
                        })));
  }

  private static void mark(Markup markup, Mark mark) {
    markup.element("span", mark.label(), "class", "mark " + mark.style());
  }

  private static void stage(Markup list, BootStage stage) {
    list.element(
            "li",
            li -> {
              if (stage.entries().isEmpty()) {
                li.element("div", d -> heading(d, stage), "class", "stage");
                remark(li, stage);
              } else if (stage.bad()) {
                li.element("details", d -> opened(d, stage), "class", "stage", "open", "open");
              } else {
                li.element("details", d -> opened(d, stage), "class", "stage");
              }
            },
            "class",
            style(stage))
        .line();
  }

  private static void opened(Markup details, BootStage stage) {
    details.element("summary", s -> heading(s, stage));
    remark(details, stage);
    details.element("ol", ol -> stage.entries().forEach(e -> entry(ol, e)), "class", "events");
    if (stage.left() > 0) {
      details.element(
          "p", "%d more entries are not shown.".formatted(stage.left()), "class", "note");
    }
  }

  private static void remark(Markup markup, BootStage stage) {
    if (!stage.remark().isEmpty()) {
      markup.element("p", stage.remark(), "class", "note");
    }
  }

  private static String style(BootStage stage) {
    if (stage.bad()) {
      return "bad";
    }
    return stage.hasOnly(PROVEN) ? "good" : "faint";
  }

  private static void heading(Markup markup, BootStage stage) {
    markup.element("h3", stage.title());
    markup.element("span", state(stage), "class", "state " + style(stage));
    markup.element("span", stage.about(), "class", "about");
  }

  private static String state(BootStage stage) {
    int shown = stage.entries().size();
    long all = shown + stage.left();
    String events = all == 1 ? "1 event" : all + " events";
    long bad = stage.entries().stream().filter(e -> e.mark().bad()).count();
    if (shown == 0) {
      return stage.remark().isEmpty() ? "nothing measured" : "not judged";
    }
    if (bad > 0) {
      return "%s, %d wrong".formatted(events, bad);
    }
    if (stage.hasOnly(Mark.RELEASED, Mark.NOT_MEASURED)) {
      return events + ", as released";
    }
    return stage.hasOnly(PROVEN) ? events + ", proven" : events + ", claimed";
  }

  private static void entry(Markup list, Entry entry) {
    list.element(
            "li",
            li ->
                li.element(
                    "details",
                    d -> {
                      d.element("summary", s -> summary(s, entry));
                      body(d, entry);
                    },
                    entry.mark().bad() ? new String[] {"open", "open"} : new String[0]),
            entry.anchor().isEmpty()
                ? new String[] {"class", entry.mark().style()}
                : new String[] {"class", entry.mark().style(), "id", entry.anchor()})
        .line();
  }

  private static void summary(Markup summary, Entry entry) {
    summary.element("span", entry.number(), "class", "number");
    summary.element("span", entry.pcr(), "class", "pcr");
    summary.element("span", Shown.text(entry.what(), 300), "class", "what");
    mark(summary, entry.mark());
  }

  private static void body(Markup details, Entry entry) {
    details.element(
        "dl",
        dl -> {
          for (int i = 0; i < entry.facts().size(); i += 2) {
            String name = entry.facts().get(i);
            String value = entry.facts().get(i + 1);
            dl.element(
                "div",
                div -> {
                  div.element("dt", name);
                  div.element("dd", value, "class", "mono");
                });
          }
        },
        "class",
        "rows");
    if (!entry.details().isEmpty()) {
      details.element(
          "ul",
          ul -> entry.details().forEach(line -> ul.element("li", Shown.text(line, 300))),
          "class",
          "plain mono");
    }
  }
}
