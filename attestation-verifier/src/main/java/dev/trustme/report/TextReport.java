// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.EvidenceCheck;
import dev.trustme.evidence.DeviceId;
import dev.trustme.report.VerdictReport.Item;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** A verdict for people: what it is, every finding with what to do, and how much was checked. */
public final class TextReport {
  /** How good and bad news are painted. */
  public record Paint(
      UnaryOperator<String> good, UnaryOperator<String> bad, UnaryOperator<String> dim) {}

  private static final int ID_WIDTH = 24;

  private final Paint paint;
  private final boolean all;

  /** {@code all}: also the checks that passed. */
  public TextReport(Paint paint, boolean all) {
    this.paint = paint;
    this.all = all;
  }

  public String of(VerdictReport report) {
    var text = new StringBuilder(headline(report)).append('\n');
    if (report.problem().isPresent()) {
      line(text, "problem", report.problem().get());
      return text.toString();
    }
    for (Item item : report.checks()) {
      if (item.failed()) {
        finding(text, item);
      } else if (item.warns()) {
        warning(text, item);
      } else if (all) {
        text.append("  ")
            .append(id(item, item.result().equals(VerdictReport.PASS) ? paint.good() : paint.dim()))
            .append(Shown.text(item.seen()))
            .append('\n');
      }
    }
    return text.append(summary(report.checks())).append('\n').toString();
  }

  private String headline(VerdictReport report) {
    String word = report.verdict().toUpperCase(Locale.ROOT);
    String verdict =
        report.verdict().equals(VerdictReport.ACCEPTED)
            ? paint.good().apply(word)
            : paint.bad().apply(word);
    String release =
        report.release().map(r -> "%s %d".formatted(r.name(), r.sequence())).orElse("not trusted");
    return "%s   device %s   release %s   %s"
        .formatted(
            verdict, report.device().map(DeviceId::uuid).orElse("unknown"), release, report.at());
  }

  private void finding(StringBuilder text, Item item) {
    String meaning = EvidenceCheck.byId(item.id()).map(EvidenceCheck::meaning).orElse("");
    text.append("  ").append(id(item, paint.bad())).append("not so: ").append(meaning);
    text.append('\n');
    line(text, "expected", item.expected());
    line(text, "seen", item.seen());
    line(text, "where", item.where());
    line(text, "what to do", item.advice());
  }

  /** What the policy allows and should not be so is told whether asked for or not. */
  private void warning(StringBuilder text, Item item) {
    text.append("  ").append(id(item, paint.bad())).append("warning: ");
    text.append(Shown.text(item.seen())).append('\n');
    line(text, "should be", item.expected());
    line(text, "where", item.where());
    line(text, "what to do", item.advice());
  }

  private static void line(StringBuilder text, String label, String words) {
    if (!words.isEmpty()) {
      text.append("      %-12s ".formatted(label)).append(Shown.text(words)).append('\n');
    }
  }

  private static String id(Item item, UnaryOperator<String> color) {
    String id = Shown.text(item.id());
    return color.apply(id) + " ".repeat(Math.max(1, ID_WIDTH - id.length()));
  }

  private String summary(List<Item> checks) {
    long failed = checks.stream().filter(Item::failed).count();
    long skipped =
        checks.stream().filter(c -> c.result().equals(VerdictReport.NOT_APPLICABLE)).count();
    long applicable = checks.size() - skipped;
    long warnings = checks.stream().filter(Item::warns).count();
    String rest =
        (warnings == 0 ? "" : ", %d with a warning".formatted(warnings))
            + (skipped == 0 ? "" : ", %d not required by the policy".formatted(skipped));
    return "%d of %d checks passed%s%s"
        .formatted(applicable - failed, applicable, rest, all ? "" : " (--all lists them)");
  }
}
