// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.DeviceId;
import java.util.List;

/**
 * A verdict as one HTML file for people: the causes first, then the boot step by step, the PCRs and
 * every check. It needs no network and no scripts, and allows none; it is well-formed XML too.
 */
public final class HtmlReport {
  private final VerdictReport report;
  private final JudgedBoot boot;
  private final List<Finding> findings;

  private HtmlReport(VerdictReport report, ReportSources sources) {
    this.report = report;
    this.boot = new JudgedBoot(report, sources);
    this.findings = Finding.of(report, boot);
  }

  public static Bytes of(VerdictReport report, ReportSources sources) {
    return Bytes.utf8(new HtmlReport(report, sources).page(sources));
  }

  private String page(ReportSources sources) {
    var html = new Markup("<!DOCTYPE html>\n");
    html.element(
        "html",
        root -> {
          root.element(
                  "head",
                  head -> HtmlPage.head(head, "%s: device %s".formatted(headline(), device())))
              .line();
          root.element("body", body -> body(body, sources)).line();
        },
        "lang",
        "en");
    return html.line().toString();
  }

  private String device() {
    return report.device().map(DeviceId::uuid).orElse("unknown");
  }

  private String headline() {
    return switch (report.verdict()) {
      case VerdictReport.ACCEPTED -> "Accepted";
      case VerdictReport.REJECTED -> "Rejected";
      default -> "Malformed";
    };
  }

  private void body(Markup body, ReportSources sources) {
    body.element("header", this::header, "class", "top " + report.verdict()).line();
    body.element("main", main -> main(main, sources)).line();
    HtmlPage.footer(body);
  }

  private void header(Markup header) {
    header.element(
        "div",
        wrap -> {
          wrap.element("p", "Device attestation", "class", "kicker");
          wrap.element(
              "h1",
              h -> {
                icon(h);
                h.text(headline());
              });
          wrap.element("p", lead(), "class", "lead");
          wrap.element("dl", this::facts, "class", "facts");
          new HtmlChecks(report).chain(wrap);
        },
        "class",
        "wrap");
  }

  /** A tick, a cross or an exclamation mark: the colour alone says nothing. */
  private void icon(Markup h) {
    String path =
        switch (report.verdict()) {
          case VerdictReport.ACCEPTED -> "M14 25l7 7 13-15";
          case VerdictReport.REJECTED -> "M16 16l16 16M32 16L16 32";
          default -> "M24 13v14M24 33v2";
        };
    h.element(
        "svg",
        svg -> {
          svg.empty("circle", "cx", "24", "cy", "24", "r", "22");
          svg.empty("path", "d", path);
        },
        "viewBox",
        "0 0 48 48",
        "aria-hidden",
        "true");
  }

  private String lead() {
    return switch (report.verdict()) {
      case VerdictReport.ACCEPTED ->
          "The device proved that it booted what %s contains."
              .formatted(report.release().map(r -> r.name() + " " + r.sequence()).orElse("?"));
      case VerdictReport.REJECTED -> rejected();
      default -> "The evidence cannot be read, so it proves nothing.";
    };
  }

  private String rejected() {
    String advice = "Do not trust this device. ";
    if (findings.size() == 1) {
      return advice + findings.getFirst().failure();
    }
    var names = findings.stream().map(Finding::component).distinct().toList();
    return switch (names.size()) {
      case 0 -> advice + "Nothing was checked.";
      case 1 -> advice + "What is wrong: %s.".formatted(names.getFirst());
      default ->
          advice
              + "What is wrong: %s and %s."
                  .formatted(
                      String.join(", ", names.subList(0, names.size() - 1)), names.getLast());
    };
  }

  private void facts(Markup dl) {
    fact(dl, "Device", device());
    fact(
        dl,
        "Release",
        report
            .release()
            .map(r -> "%s, sequence %d".formatted(r.name(), r.sequence()))
            .orElse("none that is trusted"));
    fact(dl, "Judged as of", report.at().toString());
    long applicable =
        report.checks().stream()
            .filter(c -> !c.result().equals(VerdictReport.NOT_APPLICABLE))
            .count();
    fact(
        dl,
        "Checks",
        applicable == 0
            ? "none could be made"
            : "%d of %d passed".formatted(applicable - report.failures().size(), applicable));
  }

  private static void fact(Markup dl, String name, String value) {
    dl.element(
        "div",
        div -> {
          div.element("dt", name);
          div.element("dd", value);
        });
  }

  private void main(Markup main, ReportSources sources) {
    main.element(
        "div",
        wrap -> {
          new HtmlFindings(report, boot, findings).write(wrap);
          new HtmlTimeline(boot, sources).write(wrap);
          new HtmlPcrs(boot).write(wrap);
          new HtmlChecks(report).write(wrap);
        },
        "class",
        "wrap");
  }
}
