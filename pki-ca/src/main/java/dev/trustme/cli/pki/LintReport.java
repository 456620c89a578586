// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.cli.Output;
import dev.trustme.lint.Acceptance;
import dev.trustme.lint.CertificateLint;
import dev.trustme.lint.CrlLint;
import dev.trustme.lint.Finding;
import dev.trustme.lint.LintInput;
import dev.trustme.lint.LintRule;
import dev.trustme.lint.RequestLint;
import dev.trustme.lint.SetLint;
import dev.trustme.lint.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What {@code pki lint} found. */
record LintReport(
    String schema, Instant at, List<Subject> subjects, int errors, int warnings, int accepted) {
  /** One file, or one transaction of a PKI folder. */
  record Source(String name, LintInput input) {}

  /** One linted object. */
  record Subject(String kind, String name, String where, List<Line> findings) {}

  /** One finding; {@code accepted} where the caller took it as it is. */
  record Line(LintRule rule, Severity severity, String detail, boolean accepted, String clause) {}

  static LintReport of(List<Source> sources, Acceptance acceptance, Instant at) {
    var set =
        new SetLint(
            sources.stream()
                .map(s -> s.input().certificates())
                .flatMap(Collection::stream)
                .toList());
    var shared = set.shared();
    List<Subject> subjects = new ArrayList<>();
    for (Source source : sources) {
      for (var certificate : source.input().certificates()) {
        List<Finding> findings = new ArrayList<>(set.findings(certificate));
        findings.addAll(CertificateLint.at(at, certificate));
        findings.addAll(shared.getOrDefault(certificate, List.of()));
        var name = certificate.getSubject().toString();
        subjects.add(subject("certificate", name, source, findings, acceptance));
      }
      for (var request : source.input().requests()) {
        var name = request.getSubject().toString();
        subjects.add(subject("request", name, source, RequestLint.findings(request), acceptance));
      }
      for (var list : source.input().lists()) {
        var findings = CrlLint.findings(list, set.issuer(list), at);
        var name = list.getIssuer().toString();
        subjects.add(subject("crl", name, source, findings, acceptance));
      }
    }
    return of(subjects, at);
  }

  private static Subject subject(
      String kind, String name, Source source, List<Finding> findings, Acceptance acceptance) {
    var lines =
        findings.stream()
            .map(f ->
                new Line(
                    f.rule(),
                    f.rule().severity(),
                    f.detail(),
                    acceptance.rules().contains(f.rule()),
                    f.rule().clause()))
            .toList();
    return new Subject(kind, name, source.name(), lines);
  }

  private static LintReport of(List<Subject> subjects, Instant at) {
    var lines = subjects.stream().flatMap(s -> s.findings().stream()).toList();
    int accepted = (int) lines.stream().filter(Line::accepted).count();
    int errors =
        (int) lines.stream().filter(l -> !l.accepted() && l.severity() == Severity.ERROR).count();
    return new LintReport(
        "trustme/lint/1", at, subjects, errors, lines.size() - errors - accepted, accepted);
  }

  boolean clean() {
    return errors == 0;
  }

  String text(Output output) {
    var text = new StringBuilder();
    for (Subject subject : subjects) {
      if (subject.findings().isEmpty()) {
        continue;
      }
      text.append("%s %s  (%s)%n".formatted(subject.kind(), subject.name(), subject.where()));
      for (Line line : subject.findings()) {
        text.append("  %s  %s%n".formatted(mark(line, output), words(line)));
      }
    }
    return text.append(summary()).toString();
  }

  private static String mark(Line line, Output output) {
    if (line.accepted()) {
      return output.dim("accepted");
    }
    return line.severity() == Severity.ERROR ? output.bad("error   ") : "warning ";
  }

  private static String words(Line line) {
    return "%-26s %s [%s]".formatted(line.rule().id(), line.detail(), line.clause());
  }

  private String summary() {
    return "%d linted: %d errors, %d warnings, %d accepted%s"
        .formatted(
            subjects.size(),
            errors,
            warnings,
            accepted,
            errors == 0 ? "" : "\n'trustme pki lint --explain RULE' says what a rule is about");
  }

  /** What {@code --list} and {@code --explain} say. */
  record Rules(String schema, List<Rule> rules) {
    /** One rule. */
    record Rule(LintRule id, Severity severity, String what, String why, String clause) {}

    static Rules of(List<LintRule> rules) {
      return new Rules(
          "trustme/lint-rules/1",
          rules.stream()
              .map(r -> new Rule(r, r.severity(), r.what(), r.why(), r.clause()))
              .toList());
    }

    String table() {
      var text = new StringBuilder();
      for (Rule rule : rules) {
        text.append(
            "%-28s %-8s %s%n".formatted(rule.id().id(), rule.severity().label(), rule.what()));
      }
      return text.toString();
    }

    String explained() {
      var rule = rules.getFirst();
      return "%s (%s)%n  what   %s%n  why    %s%n  where  %s"
          .formatted(
              rule.id().id(), rule.severity().label(), rule.what(), rule.why(), rule.clause());
    }
  }
}
