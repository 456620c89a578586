// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.eventlog.CheckedEvent;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows an event log. */
@Command(
    name = "log",
    description = {
      "Show an event log: number, PCR, type, digest check, content.",
      "",
      "The check holds the digest (which the TPM extended) against the content (which it did not):"
          + " only VERIFIED content is what was measured. UNVERIFIABLE means that the measured"
          + " object itself is not in the log. The type is never covered by a digest: it is"
          + " untrusted. A log proves nothing by itself: 'trustme verify evidence' holds it against"
          + " a quote."
    },
    footer = {
      "",
      "Examples:",
      "  trustme measure log --pcr 7",
      "  trustme measure log eventlog.bin --verbose",
      "  trustme measure log eventlog.bin --json",
      "  trustme measure log eventlog.bin --yaml      (as tpm2_eventlog writes it)"
    },
    mixinStandardHelpOptions = true)
final class LogCommand implements Callable<ExitCode> {
  private static final String INDENT = " ".repeat(14);

  @Mixin private Output output = new Output();
  @Mixin private LogSource source = new LogSource();

  @Option(
      names = "--pcr",
      paramLabel = "N",
      description = "Only the events of this PCR; may be repeated.")
  private List<Integer> pcrs = List.of();

  @Option(
      names = "--yaml",
      description =
          "Print the whole log as YAML with the keys of tpm2_eventlog --eventlog-version=2.")
  private boolean yaml;

  /** The JSON document. */
  record Document(
      String schema, String format, List<String> quirks, int paddingBytes, List<Event> events) {}

  /** One event; {@code checks} by bank. */
  record Event(
      int number,
      long offset,
      int pcr,
      String type,
      Map<String, Digest> digests,
      Map<String, String> checks,
      boolean banksAgree,
      String content,
      Map<String, Object> data) {
    static Event of(CheckedEvent checked) {
      TcgPcrEvent2 event = checked.event();
      Map<String, Digest> digests = new LinkedHashMap<>();
      for (HashAlgorithm bank : HashAlgorithm.values()) {
        event.digest(bank).ifPresent(digest -> digests.put(bank.label(), digest));
      }
      Map<String, String> checks = new LinkedHashMap<>();
      checked.checks().forEach((bank, check) -> checks.put(bank.label(), check.label()));
      return new Event(
          event.number(),
          event.offset(),
          event.pcrIndex(),
          event.untrustedType().name(),
          digests,
          checks,
          checked.banksAgree(),
          EventText.of(checked),
          EventJson.of(checked));
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    for (int pcr : pcrs) {
      if (pcr < 0 || pcr >= TcgPcrEvent2.PCR_COUNT) {
        throw CommandFailure.usage("--pcr: expected 0 to 23, found " + pcr);
      }
    }
    if (yaml && (output.json() || !pcrs.isEmpty())) {
      throw CommandFailure.usage(
          "--yaml prints the whole log: it goes neither with --json nor --pcr");
    }
    EventLog log = source.read();
    if (yaml) {
      output.raw(LogYaml.of(log).getBytes(StandardCharsets.UTF_8));
      return ExitCode.ACCEPTED;
    }
    List<CheckedEvent> events =
        log.events().stream()
            .filter(e -> pcrs.isEmpty() || pcrs.contains(e.pcrIndex()))
            .map(TcgPcrEvent2::checked)
            .toList();
    if (output.json()) {
      output.result(document(log, events), () -> "");
    } else {
      output.result(log, () -> table(log, events));
    }
    return ExitCode.ACCEPTED;
  }

  private static String format(EventLog log) {
    return log.specId().isPresent() ? "crypto-agile" : "sha1";
  }

  private static Document document(EventLog log, List<CheckedEvent> events) {
    return new Document(
        "trustme/event-log/1",
        format(log),
        log.quirks(),
        log.padding().size(),
        events.stream().map(Event::of).toList());
  }

  private String table(EventLog log, List<CheckedEvent> events) {
    var lines = new StringBuilder();
    for (CheckedEvent checked : events) {
      TcgPcrEvent2 event = checked.event();
      String check = "%-12s".formatted(check(checked));
      lines.append(
          "%4d  %-6s  %-34s %s  %s%n"
              .formatted(
                  event.number(),
                  source.register(event.pcrIndex()),
                  event.untrustedType().name(),
                  colored(checked, check),
                  EventText.of(checked)));
      for (String detail : EventDetails.of(checked, output.verbose())) {
        lines.append(INDENT).append(detail).append(System.lineSeparator());
      }
    }
    return lines.append(summary(log, events)).toString();
  }

  private static String summary(EventLog log, List<CheckedEvent> events) {
    var line = new StringBuilder(format(log));
    line.append(
        events.size() == log.events().size()
            ? ", %d events".formatted(events.size())
            : ", %d of %d events".formatted(events.size(), log.events().size()));
    long disagree = events.stream().filter(event -> !event.banksAgree()).count();
    if (disagree > 0) {
      line.append(", banks disagree in %d".formatted(disagree));
    }
    log.quirks().forEach(quirk -> line.append(", quirk ").append(quirk));
    if (!log.padding().isEmpty()) {
      line.append(", %d bytes of padding".formatted(log.padding().size()));
    }
    return line.toString();
  }

  /** One word where all banks agree, else bank by bank. */
  private static String check(CheckedEvent event) {
    var distinct = new TreeSet<String>();
    event.checks().values().forEach(check -> distinct.add(check.label()));
    return distinct.size() == 1
        ? distinct.first()
        : event.checks().entrySet().stream()
            .map(e -> e.getKey().label() + " " + e.getValue().label())
            .collect(Collectors.joining(", "));
  }

  private String colored(CheckedEvent event, String text) {
    if (!event.banksAgree()
        || event.checks().values().stream().anyMatch(DigestCheck.Mismatch.class::isInstance)) {
      return output.bad(text);
    }
    return event.checks().values().stream().anyMatch(DigestCheck.Unverifiable.class::isInstance)
        ? output.dim(text)
        : output.good(text);
  }
}
