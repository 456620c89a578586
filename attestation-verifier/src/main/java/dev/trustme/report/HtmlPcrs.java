// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.Digest;
import dev.trustme.release.Measurement;
import java.util.Optional;

/** The PCRs: what the release predicts, what the quote says, what the log leads to. */
final class HtmlPcrs {
  private final JudgedBoot boot;

  HtmlPcrs(JudgedBoot boot) {
    this.boot = boot;
  }

  void write(Markup page) {
    page.element(
            "section",
            section -> {
              section.element("h2", "PCR values");
              section.element(
                  "p",
                  "Bank %s. %s"
                      .formatted(
                          boot.bank().label(),
                          boot.proven()
                              ? "The values seen are those that the TPM signed."
                              : "The values seen are only claims: the quote does not count."),
                  "class",
                  "note");
              section.element("table", this::table, "class", "pcrs", "role", "table");
            })
        .line();
  }

  private void table(Markup table) {
    table.element(
        "thead",
        head ->
            head.element(
                "tr",
                tr -> {
                  for (String title : new String[] {"PCR", "What it holds", "Value", "Result"}) {
                    tr.element("th", title, "scope", "col", "role", "columnheader");
                  }
                },
                "role",
                "row"),
        "role",
        "rowgroup");
    table.element(
        "tbody", body -> boot.quoted().forEach(pcr -> row(body, pcr)), "role", "rowgroup");
  }

  private void row(Markup body, int pcr) {
    Optional<Digest> seen = boot.claimed(pcr);
    Optional<Digest> expected = boot.prediction(pcr).map(Measurement::value);
    Optional<Digest> replayed = boot.replayed(pcr);
    boolean differs =
        (expected.isPresent() && !expected.equals(seen))
            || (replayed.isPresent() && !replayed.equals(seen));
    body.element(
            "tr",
            tr -> {
              tr.element("th", String.valueOf(pcr), "scope", "row", "role", "rowheader");
              tr.element("td", meaning(pcr), "role", "cell");
              tr.element(
                  "td",
                  td -> {
                    if (expected.isPresent() && expected.equals(seen)) {
                      value(td, "expected and seen", seen);
                    } else {
                      expected.ifPresent(e -> value(td, "expected", expected));
                      value(td, "seen", seen);
                    }
                    if (replayed.isPresent() && !replayed.equals(seen)) {
                      value(td, "by the log", replayed);
                    }
                  },
                  "class",
                  "values",
                  "role",
                  "cell");
              tr.element("td", td -> result(td, differs, seen, expected), "role", "cell");
            },
            differs ? new String[] {"role", "row", "class", "bad"} : new String[] {"role", "row"})
        .line();
  }

  private static void value(Markup td, String label, Optional<Digest> value) {
    td.element("span", label, "class", "label");
    td.element("code", value.map(Digest::hex).orElse("none"));
  }

  private void result(
      Markup td, boolean differs, Optional<Digest> seen, Optional<Digest> expected) {
    if (differs) {
      td.element("span", "differs", "class", "mark bad");
    } else if (seen.isEmpty()) {
      td.element("span", "no value", "class", "mark faint");
    } else if (!boot.proven()) {
      td.element("span", "claimed", "class", "mark faint");
    } else {
      td.element(
          "span",
          expected.isPresent() ? "as released" : "quoted",
          "class",
          expected.isPresent() ? "mark good" : "mark calm");
    }
  }

  /** TCG PC Client Platform Firmware Profile 1.06, 3.3.4; Linux TPM PCR Registry for 8 and up. */
  private static String meaning(int pcr) {
    return switch (pcr) {
      case 0 -> "Firmware code";
      case 1 -> "Firmware settings";
      case 2 -> "Drivers of cards";
      case 3 -> "Settings of cards";
      case 4 -> "Started boot programs";
      case 5 -> "Partitions, handover";
      case 6 -> "Manufacturer's own";
      case 7 -> "Secure Boot keys";
      case 8 -> "Boot loader commands";
      case 9 -> "Kernel command line, initrd";
      case 10 -> "Files (IMA)";
      case 11 -> "Parts of the boot image";
      case 12 -> "Boot parameters";
      case 13 -> "Extensions, containers";
      case 14 -> "shim's keys";
      case 15 -> "System identity";
      default -> "Not assigned";
    };
  }
}
