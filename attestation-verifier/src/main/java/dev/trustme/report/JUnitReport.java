// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.DeviceId;
import dev.trustme.report.VerdictReport.Item;
import java.util.List;

/**
 * A verdict as JUnit XML, for pipelines that show test results: one suite for the device, one test
 * case for each check. A failed check is a failure, one that the policy does not require is
 * skipped, and evidence that cannot be read is one test case with an error.
 */
public final class JUnitReport {
  private static final String CLASS_NAME = "trustme.evidence";

  private JUnitReport() {}

  public static Bytes of(VerdictReport report) {
    var xml = new Markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    var checks = report.checks();
    int errors = report.problem().isPresent() ? 1 : 0;
    String[] counts = {
      "tests", String.valueOf(checks.size() + errors),
      "failures", String.valueOf(count(checks, VerdictReport.FAIL)),
      "errors", String.valueOf(errors),
      "skipped", String.valueOf(count(checks, VerdictReport.NOT_APPLICABLE)),
      "time", "0"
    };
    xml.element("testsuites", suites -> suite(suites.line(), report, counts), counts);
    return Bytes.utf8(xml.line().toString());
  }

  private static long count(List<Item> checks, String result) {
    return checks.stream().filter(c -> c.result().equals(result)).count();
  }

  private static void suite(Markup xml, VerdictReport report, String[] counts) {
    String device = report.device().map(DeviceId::uuid).orElse("unknown");
    xml.element(
            "testsuite",
            suite -> {
              suite.line();
              properties(suite, report);
              report
                  .problem()
                  .ifPresent(problem ->
                      testCase(suite, "readable", c -> detail(c, "error", problem, problem)));
              report.checks().forEach(item -> testCase(suite, item));
            },
            attributes(
                counts,
                "name",
                "device " + device,
                "timestamp",
                // xs:dateTime without a zone, which is UTC, as the schema of such reports wants it.
                report.at().toString().replaceAll("(\\.\\d+)?Z$", "")))
        .line();
  }

  private static String[] attributes(String[] some, String... more) {
    var all = new String[some.length + more.length];
    System.arraycopy(more, 0, all, 0, more.length);
    System.arraycopy(some, 0, all, more.length, some.length);
    return all;
  }

  private static void properties(Markup xml, VerdictReport report) {
    xml.element(
            "properties",
            properties -> {
              property(properties, "verdict", report.verdict());
              report
                  .release()
                  .ifPresent(r ->
                      property(properties, "release", "%s %d".formatted(r.name(), r.sequence())));
            })
        .line();
  }

  private static void property(Markup xml, String name, String value) {
    xml.empty("property", "name", name, "value", value);
  }

  private static void testCase(Markup xml, Item item) {
    testCase(
        xml,
        item.id(),
        body -> {
          switch (item.result()) {
            case VerdictReport.FAIL -> detail(body, "failure", message(item), text(item));
            case VerdictReport.NOT_APPLICABLE -> body.empty("skipped", "message", item.seen());
            case VerdictReport.WARN -> body.element("system-out", "warning: " + text(item));
            default -> body.element("system-out", item.seen());
          }
        });
  }

  private static void testCase(
      Markup xml, String name, java.util.function.Consumer<Markup> content) {
    xml.element("testcase", content, "classname", CLASS_NAME, "name", name, "time", "0").line();
  }

  private static void detail(Markup xml, String kind, String message, String text) {
    xml.element(kind, text, "message", message, "type", "trustme." + kind);
  }

  private static String message(Item item) {
    return "expected %s, seen %s".formatted(item.expected(), item.seen());
  }

  private static String text(Item item) {
    return "expected: %s; seen: %s; where: %s; what to do: %s"
        .formatted(item.expected(), item.seen(), item.where(), item.advice());
  }
}
