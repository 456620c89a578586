// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.LogDifference;
import dev.trustme.eventlog.LogDifference.PcrDifference;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two event logs. */
@Command(
    name = "diff",
    description = {
      "Compare two event logs PCR by PCR: the first event that differs, in words.",
      "",
      "Exit 0 if they are equal, 1 if not. A difference in type or content under equal digests is"
          + " one too: no TPM notices it."
    },
    footer = {
      "",
      "Examples:",
      "  trustme measure diff yesterday.bin today.bin",
      "  trustme measure diff --bank sha256 golden.bin evidence.json --json"
    },
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(index = "0", paramLabel = "A", description = "An event log, or an evidence.json.")
  private Path first = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "The other.")
  private Path second = Path.of("");

  @Option(
      names = "--bank",
      paramLabel = "BANK",
      description = "Compare the digests of this bank alone, not of all that both logs have.")
  private @Nullable String bankName;

  /** The JSON document. */
  record Document(
      String schema,
      boolean equal,
      List<String> banks,
      List<String> onlyInA,
      List<String> onlyInB,
      List<Integer> equalPcrs,
      List<Pcr> differences) {}

  /** A PCR whose events differ; {@code a} and {@code b} are the first that do, or absent. */
  record Pcr(
      int pcr,
      int common,
      Optional<Side> a,
      Optional<Side> b,
      int eventsOnlyInA,
      int eventsOnlyInB) {}

  /** One event. */
  record Side(int number, String type, Map<String, String> checks, String digest, String content) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Optional<HashAlgorithm> bank = Optional.ofNullable(bankName).map(DiffCommand::bank);
    var difference = LogDifference.between(LogSource.read(first), LogSource.read(second), bank);
    if (difference.banks().isEmpty()) {
      throw CommandFailure.rejected(
          "%s and %s have no %s to compare"
              .formatted(first, second, bankName == null ? "bank in common" : "bank " + bankName));
    }
    var shown = difference.banks().getLast();
    boolean same = bank.isPresent() ? difference.parted().isEmpty() : difference.same();
    var document =
        new Document(
            "trustme/log-diff/1",
            same,
            labels(difference.banks()),
            labels(difference.onlyFirst()),
            labels(difference.onlySecond()),
            difference.equalPcrs(),
            difference.parted().stream().map(pcr -> pcr(pcr, shown)).toList());
    output.result(document, () -> text(document));
    return same ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private static HashAlgorithm bank(String name) {
    return HashAlgorithm.byLabel(name)
        .orElseThrow(() -> CommandFailure.usage("unknown bank " + name));
  }

  private static List<String> labels(List<HashAlgorithm> banks) {
    return banks.stream().map(HashAlgorithm::label).toList();
  }

  private static Pcr pcr(PcrDifference pcr, HashAlgorithm bank) {
    return new Pcr(
        pcr.pcr(),
        pcr.common(),
        pcr.first().map(event -> side(event, bank)),
        pcr.second().map(event -> side(event, bank)),
        pcr.onlyFirst(),
        pcr.onlySecond());
  }

  private static Side side(TcgPcrEvent2 event, HashAlgorithm bank) {
    Map<String, String> checks = new LinkedHashMap<>();
    event
        .digestCheck(bank)
        .map(DigestCheck::label)
        .ifPresent(label -> checks.put(bank.label(), label));
    return new Side(
        event.number(),
        event.untrustedType().name(),
        checks,
        event.digest(bank).map(Digest::toString).orElse("(no digest)"),
        EventText.of(event.untrustedData()));
  }

  private String text(Document document) {
    var lines = new StringBuilder();
    for (Pcr pcr : document.differences) {
      lines.append(
          "%s: %d events equal, then%n".formatted(output.bad("PCR " + pcr.pcr), pcr.common));
      lines.append(side("A", pcr.a)).append(side("B", pcr.b));
      lines.append(
          "  only in A: %d, only in B: %d%n".formatted(pcr.eventsOnlyInA, pcr.eventsOnlyInB));
    }
    lines.append(onlyIn("A", document.onlyInA)).append(onlyIn("B", document.onlyInB));
    String banks = String.join(", ", document.banks);
    if (document.equal) {
      return output.good("equal in " + banks);
    }
    String equal =
        document.equalPcrs.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return lines
        .append("compared in %s; equal PCRs: %s".formatted(banks, equal.isEmpty() ? "none" : equal))
        .toString();
  }

  private static String onlyIn(String name, List<String> banks) {
    return banks.isEmpty() ? "" : "only %s has bank %s%n".formatted(name, String.join(", ", banks));
  }

  private static String side(String name, Optional<Side> side) {
    return side.map(event ->
            "  %s  event %d  %s  %s  %s%n             %s%n"
                .formatted(
                    name,
                    event.number,
                    event.type,
                    String.join(", ", event.checks.values()),
                    event.content,
                    event.digest))
        .orElse("  %s  no further event%n".formatted(name));
  }
}
