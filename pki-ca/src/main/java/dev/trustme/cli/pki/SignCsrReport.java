// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Digest;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.CsrBatch.Result;
import dev.trustme.issue.Revocations;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code pki sign-csr} says: what was issued, and what was not and why. */
record SignCsrReport(
    String schema, boolean dryRun, String output, List<Issued> issued, List<NotIssued> refused)
    implements PkiChange.Report {
  private static final int MAX_LINES = 20;

  /** One certificate; {@code dropped} is what the request asked for in vain. */
  record Issued(
      String request, String subject, String serial, Digest fingerprint, List<String> dropped) {}

  /** A request that got none; {@code problem} is there where it could not even be read. */
  record NotIssued(String request, Optional<String> problem, List<Check> failures) {
    String line() {
      return "refused  %s%s"
          .formatted(
              problem.isPresent() ? "" : request + ": ",
              problem.orElseGet(() ->
                  String.join(
                      "; ",
                      failures.stream()
                          .map(c ->
                              "%s: expected %s, found %s%s"
                                  .formatted(
                                      c.id(),
                                      c.expected(),
                                      c.seen(),
                                      c.advice().isEmpty() ? "" : " (" + c.advice() + ")"))
                          .toList())));
    }
  }

  /** Collects results in their order. */
  static final class Builder {
    private final boolean dryRun;
    private final String output;
    private final List<Issued> issued = new ArrayList<>();
    private final List<NotIssued> refused = new ArrayList<>();

    Builder(boolean dryRun, String output) {
      this.dryRun = dryRun;
      this.output = output;
    }

    void add(Result result) {
      String request = result.file().toString();
      switch (result) {
        case Result.Issued made ->
            issued.add(
                new Issued(
                    request,
                    made.certificate().getSubject().toString(),
                    Revocations.serial(made.certificate()),
                    Certificates.fingerprint(made.certificate()),
                    made.dropped()));
        case Result.Refused no ->
            refused.add(new NotIssued(request, Optional.empty(), no.failures()));
        case Result.Malformed bad ->
            refused.add(
                new NotIssued(request, Optional.of(request + ": " + bad.problem()), List.of()));
      }
    }

    int size() {
      return issued.size() + refused.size();
    }

    SignCsrReport build() {
      return new SignCsrReport(
          "trustme/pki-sign-csr/1", dryRun, output, List.copyOf(issued), List.copyOf(refused));
    }
  }

  @Override
  public boolean changed() {
    return !issued.isEmpty();
  }

  @Override
  public ExitCode exitCode() {
    return ExitCode.worst(
        refused.stream()
            .map(r -> r.problem().isPresent() ? ExitCode.MALFORMED : ExitCode.REJECTED)
            .distinct()
            .toList());
  }

  @Override
  public String text() {
    var text = new StringBuilder();
    issued.stream()
        .filter(i -> issued.size() <= MAX_LINES || !i.dropped().isEmpty())
        .limit(MAX_LINES)
        .forEach(i -> text.append(line(i)).append('\n'));
    refused.stream().limit(MAX_LINES).forEach(r -> text.append(r.line()).append('\n'));
    if (refused.size() > MAX_LINES) {
      text.append("… and %d more; --json lists all\n".formatted(refused.size() - MAX_LINES));
    }
    return text.append(
            "%s/  issued %d, refused %d".formatted(output, issued.size(), refused.size()))
        .toString();
  }

  private static String line(Issued issued) {
    return "issued   %s  serial %s%s"
        .formatted(
            issued.subject(),
            issued.serial(),
            issued.dropped().isEmpty() ? "" : "  without: " + String.join("; ", issued.dropped()));
  }
}
