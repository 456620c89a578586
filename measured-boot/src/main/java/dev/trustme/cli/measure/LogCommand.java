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
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.io.IOException;
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
          + " object itself is not in the log. The type is never covered by a digest. A log proves"
          + " nothing by itself: 'trustme verify evidence' holds it against a quote."
    },
    footer = {
      "",
      "Examples:",
      "  trustme measure log --pcr 7",
      "  trustme measure log eventlog.bin --json"
    },
    mixinStandardHelpOptions = true)
final class LogCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private LogSource source = new LogSource();

  @Option(
      names = "--pcr",
      paramLabel = "N",
      description = "Only the events of this PCR; may be repeated.")
  private List<Integer> pcrs = List.of();

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
      String content) {
    static Event of(TcgPcrEvent2 event) {
      Map<String, Digest> digests = new LinkedHashMap<>();
      Map<String, String> checks = new LinkedHashMap<>();
      for (HashAlgorithm bank : HashAlgorithm.values()) {
        event.digest(bank).ifPresent(digest -> digests.put(bank.label(), digest));
        event.digestCheck(bank).ifPresent(check -> checks.put(bank.label(), check.label()));
      }
      return new Event(
          event.number(),
          event.offset(),
          event.pcrIndex(),
          event.untrustedType().name(),
          digests,
          checks,
          EventText.of(event.untrustedData()));
    }

    /** One word where all banks agree, else bank by bank. */
    String check() {
      var distinct = new TreeSet<>(checks.values());
      return distinct.size() == 1
          ? distinct.first()
          : checks.entrySet().stream()
              .map(e -> e.getKey() + " " + e.getValue())
              .collect(Collectors.joining(", "));
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    for (int pcr : pcrs) {
      if (pcr < 0 || pcr >= TcgPcrEvent2.PCR_COUNT) {
        throw CommandFailure.usage("--pcr: expected 0 to 23, found " + pcr);
      }
    }
    EventLog log = source.read();
    List<Event> events =
        log.events().stream()
            .filter(e -> pcrs.isEmpty() || pcrs.contains(e.pcrIndex()))
            .map(Event::of)
            .toList();
    String format = log.specId().isPresent() ? "crypto-agile" : "sha1";
    var document =
        new Document("trustme/event-log/1", format, log.quirks(), log.padding().size(), events);
    output.result(document, () -> table(document, log.events().size()));
    return ExitCode.ACCEPTED;
  }

  private String table(Document document, int total) {
    var lines = new StringBuilder();
    for (Event event : document.events) {
      String check = "%-12s".formatted(event.check());
      lines.append(
          "%4d  PCR %-2d  %-34s %s  %s%n"
              .formatted(
                  event.number, event.pcr, event.type, colored(event, check), event.content));
    }
    String shown =
        document.events.size() == total
            ? "%d events".formatted(total)
            : "%d of %d events".formatted(document.events.size(), total);
    lines.append("%s, %s".formatted(document.format, shown));
    document.quirks.forEach(quirk -> lines.append(", quirk ").append(quirk));
    if (document.paddingBytes > 0) {
      lines.append(", %d bytes of padding".formatted(document.paddingBytes));
    }
    return lines.toString();
  }

  private String colored(Event event, String text) {
    String mismatch = new DigestCheck.Mismatch().label();
    String unverifiable = new DigestCheck.Unverifiable().label();
    if (event.checks.containsValue(mismatch)) {
      return output.bad(text);
    }
    return event.checks.containsValue(unverifiable) ? output.dim(text) : output.good(text);
  }
}
