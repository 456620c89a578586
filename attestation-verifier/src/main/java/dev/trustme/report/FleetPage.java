// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.DeviceId;
import dev.trustme.fleet.FleetSummary;
import dev.trustme.fleet.FleetVerdict;
import java.util.List;
import java.util.Optional;

/**
 * What came of a fleet as one HTML file for people: how many devices may be trusted, why the others
 * may not, and which they are. It needs no network and no scripts, and allows none.
 */
public final class FleetPage {
  private static final List<String> COLUMNS =
      List.of("Evidence", "Device it names", "Verdict", "What is wrong");

  private final FleetSummary summary;
  private final FleetSummary.Counts counts;

  private FleetPage(FleetSummary summary) {
    this.summary = summary;
    this.counts = summary.counts();
  }

  public static Bytes of(FleetSummary summary) {
    var page = new FleetPage(summary);
    return Bytes.utf8(HtmlPage.of(page.headline(), page.tone(), page::header, page::main));
  }

  private String headline() {
    return counts.notAccepted() == 0
        ? "%d accepted".formatted(counts.accepted())
        : "%d of %d not accepted".formatted(counts.notAccepted(), counts.evidence());
  }

  private String tone() {
    return counts.notAccepted() == 0 && counts.accepted() > 0
        ? VerdictReport.ACCEPTED
        : VerdictReport.REJECTED;
  }

  private void header(Markup wrap) {
    wrap.element("p", "Attestation of a fleet", "class", "kicker");
    wrap.element("h1", headline());
    wrap.element("p", lead(), "class", "lead");
    wrap.element("dl", this::facts, "class", "facts");
    bar(wrap);
  }

  private String lead() {
    if (counts.evidence() == 0) {
      return "There was no evidence, so nothing is proven.";
    }
    if (counts.notAccepted() == 0) {
      return "Every device proved that it booted what a release contains.";
    }
    return "Do not trust the devices that are listed here.";
  }

  private void facts(Markup dl) {
    var devices = summary.devices();
    fact(dl, "Evidence", String.valueOf(counts.evidence()));
    fact(dl, "Devices accepted", "%d of %d named".formatted(devices.accepted(), devices.named()));
    fact(
        dl,
        "Judged",
        summary.judged().map(p -> "%s to %s".formatted(p.from(), p.until())).orElse("nothing"));
    if (counts.warned() > 0) {
      fact(dl, "Accepted with a warning", String.valueOf(counts.warned()));
    }
    if (counts.repeated() > 0) {
      fact(dl, "Found once more, not judged again", String.valueOf(counts.repeated()));
    }
    if (devices.severalTimes() > 0) {
      fact(dl, "Devices with several pieces of evidence", String.valueOf(devices.severalTimes()));
    }
    if (devices.contradictory() > 0) {
      fact(dl, "Of these, accepted and not accepted", String.valueOf(devices.contradictory()));
    }
  }

  private static void fact(Markup dl, String name, String value) {
    dl.element(
        "div",
        div -> {
          div.element("dt", name);
          div.element("dd", value);
        });
  }

  /** The shares as a picture; the numbers stand beside it. */
  private void bar(Markup wrap) {
    var parts =
        List.of(
            new Part("accepted", counts.accepted(), "share good"),
            new Part("rejected", counts.rejected(), "share bad"),
            new Part(
                "not judged",
                counts.malformed() + counts.unreadable() + counts.failed(),
                "share warn"));
    wrap.element(
        "ul",
        list -> {
          for (Part part : parts) {
            list.element(
                "li",
                item -> {
                  item.element("span", "%d %s".formatted(part.count(), part.name()));
                  share(item, part.count(), part.style());
                });
          }
        },
        "class",
        "plain shares");
  }

  private record Part(String name, long count, String style) {}

  private void share(Markup item, long count, String style) {
    double part = counts.evidence() == 0 ? 0 : 100.0 * count / counts.evidence();
    item.element(
        "svg",
        svg -> svg.empty("rect", "width", "%.2f".formatted(part), "height", "6", "class", style),
        "viewBox",
        "0 0 100 6",
        "preserveAspectRatio",
        "none",
        "aria-hidden",
        "true");
  }

  private void main(Markup wrap) {
    if (!summary.causes().isEmpty()) {
      wrap.element("section", this::causes).line();
    }
    if (counts.notAccepted() > 0) {
      wrap.element("section", this::notAccepted).line();
    }
    if (!summary.releases().isEmpty()) {
      wrap.element("section", this::releases).line();
    }
  }

  private void causes(Markup section) {
    section.element("h2", "Why devices were rejected");
    section.element(
        "p",
        "By the first check that failed; others may have failed because of it.",
        "class",
        "note");
    for (var cause : summary.causes()) {
      Optional<Explanation> known = Explanations.byId(cause.id());
      section.element(
          "div",
          card -> {
            card.element(
                "h3",
                "%s: %d"
                    .formatted(
                        known.map(Explanation::component).orElse(cause.id()), cause.count()));
            share(card, cause.count(), "share bad");
            known.ifPresent(k -> card.element("p", k.failure(), "class", "cause"));
            known
                .flatMap(k -> k.remedy().stream().findFirst())
                .ifPresent(remedy -> card.element("p", "What to do: " + remedy));
            card.element("p", c -> c.text("Check ").element("code", cause.id()), "class", "note");
          },
          "class",
          "card bad");
    }
  }

  private void notAccepted(Markup section) {
    section.element("h2", "Not accepted");
    long more = counts.notAccepted() - summary.notAccepted().size();
    if (more > 0) {
      section.element(
          "p",
          "The first %d are listed; the results name %d more."
              .formatted(summary.notAccepted().size(), more),
          "class",
          "note loud");
    }
    table(section);
  }

  private void table(Markup section) {
    section.element(
        "table",
        table -> {
          table.element(
              "thead",
              head ->
                  head.element(
                      "tr",
                      tr -> {
                        for (String each : COLUMNS) {
                          tr.element("th", each, "scope", "col");
                        }
                      }));
          table.element(
              "tbody",
              body -> {
                for (var each : summary.notAccepted()) {
                  row(
                      body,
                      each.evidence(),
                      each.device().map(DeviceId::uuid).orElse("unknown"),
                      each.verdict().label(),
                      reason(each));
                }
              });
        },
        "class",
        "fleet");
  }

  private static String reason(FleetSummary.NotAccepted each) {
    return each.verdict() == FleetVerdict.REJECTED
        ? String.join(", ", each.failures())
        : each.problem().orElse("");
  }

  private static void row(Markup part, String... words) {
    part.element(
        "tr",
        tr -> {
          for (String each : words) {
            tr.element("td", each);
          }
        });
  }

  private void releases(Markup section) {
    section.element("h2", "What the accepted devices run");
    section.element(
        "dl",
        dl -> {
          for (var release : summary.releases()) {
            fact(dl, release.id(), "%d devices".formatted(release.count()));
          }
        },
        "class",
        "rows");
  }
}
