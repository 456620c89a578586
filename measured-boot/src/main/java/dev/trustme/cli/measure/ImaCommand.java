// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.ima.BootAggregate;
import dev.trustme.ima.ImaDigest;
import dev.trustme.ima.ImaEntry;
import dev.trustme.ima.ImaInspection;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows and replays an IMA log. */
@Command(
    name = "ima",
    description = {
      "Show the kernel's log of files it measured (IMA), and replay it into its PCR.",
      "",
      "The check holds the logged template hash against the entry's fields: MISMATCH means that"
          + " the entry was altered, VIOLATION that the kernel could not measure. A log proves"
          + " nothing by itself: --pcr-value holds it against a quoted PCR, exit 0 if the log, or"
          + " its first entries, lead to that value, else 1. Signatures are shown, not verified."
    },
    footer = {
      "",
      "Examples:",
      "  trustme measure ima",
      "  trustme measure ima ima.bin --summary --pcr-value sha256:3fbc…",
      "  trustme measure ima ima.bin --boot-aggregate pcrs.txt",
      "  trustme measure ima evidence.json --violations --json"
    },
    mixinStandardHelpOptions = true)
final class ImaCommand implements Callable<ExitCode> {
  /** A JSON document is made in memory: longer logs are summed up. */
  private static final int MAX_JSON_ENTRIES = 100_000;

  private static final int CHUNK = 1 << 15;

  @Mixin private Output output = new Output();
  @Mixin private ImaSource source = new ImaSource();

  @Option(
      names = "--pcr",
      paramLabel = "N",
      defaultValue = "10",
      description = "The PCR to replay: 10 (default), or another that the IMA policy names.")
  private int pcr = ImaReplay.DEFAULT_PCR;

  @Option(
      names = "--bank",
      paramLabel = "HASH",
      description = "The PCR bank to replay: sha256 (default), sha1, sha384 or sha512.")
  private @Nullable String bank;

  @Option(
      names = "--pcr-value",
      paramLabel = "ALG:HEX",
      description = "The PCR's quoted value: find how many entries lead to it.")
  private @Nullable String expected;

  @Option(
      names = "--sha1-padded",
      description = "Replay as kernels before 5.8 extended: the SHA-1 template hash and zeros.")
  private boolean padded;

  @Option(
      names = "--boot-aggregate",
      paramLabel = "FILE",
      description =
          "PCR values (as 'trustme measure pcr read' prints them) that the first entry must be the"
              + " hash of.")
  private @Nullable Path bootPcrs;

  @Option(names = "--violations", description = "Show only the entries that are violations.")
  private boolean violations;

  @Option(names = "--summary", description = "Show no entries: for long logs.")
  private boolean summary;

  private final List<ImaRow> rows = new ArrayList<>();
  private final StringBuilder pending = new StringBuilder();
  private final ImaInspection inspection = new ImaInspection();
  private Optional<ImaEntry> first = Optional.empty();

  @Override
  public ExitCode call() throws IOException, FormatException {
    ImaStart start = start();
    Path path = source.path();
    try (ImaReader reader = source.open()) {
      ImaReplay replay = read(reader, start);
      var report = report(reader, start, replay);
      flush();
      output.result(report, () -> text(report));
      return report.agrees() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
    } catch (FormatException e) {
      flush();
      throw e.in(path.toString());
    }
  }

  private ImaStart start() {
    if (pcr < 0 || pcr >= TcgPcrEvent2.PCR_COUNT) {
      throw CommandFailure.usage("--pcr: expected 0 to 23, found " + pcr);
    }
    Optional<Digest> quoted = quoted();
    String label = quoted.map(q -> q.algorithm().label()).orElse("sha256");
    HashAlgorithm algorithm =
        HashAlgorithm.byLabel(bank == null ? label : bank)
            .orElseThrow(() -> CommandFailure.usage("--bank: unknown hash " + bank));
    try {
      ImaStart start = ImaStart.of(algorithm).withPcr(pcr);
      start = padded ? start.withRule(ImaReplay.Rule.SHA1_PADDED) : start;
      return quoted.isPresent() ? start.lookingFor(quoted.get()) : start;
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  private Optional<Digest> quoted() {
    try {
      return expected == null ? Optional.empty() : Optional.of(Digest.parse(expected));
    } catch (FormatException e) {
      throw CommandFailure.usage("--pcr-value: " + e.problem());
    }
  }

  private ImaReplay read(ImaReader reader, ImaStart start) throws IOException, FormatException {
    if (padded && reader.format().templateHash() != HashAlgorithm.SHA1) {
      throw CommandFailure.usage("--sha1-padded: only with SHA-1 template hashes");
    }
    ImaReplay replay = ImaReplay.of(start, reader.format());
    while (reader.next()) {
      replay.extend(reader);
      if (reader.count() == 1) {
        first = Optional.of(reader.entry());
      }
      if (!summary) {
        show(reader.entry());
      }
    }
    return replay;
  }

  private void show(ImaEntry entry) {
    inspection.add(entry);
    if (violations && !entry.violation()) {
      return;
    }
    if (!output.json()) {
      pending.append(row(ImaRow.of(entry))).append('\n');
      if (pending.length() > CHUNK) {
        flush();
      }
    } else if (rows.size() == MAX_JSON_ENTRIES) {
      throw CommandFailure.usage(
          "more than %d entries for one JSON document: use --summary or --violations"
              .formatted(MAX_JSON_ENTRIES));
    } else {
      rows.add(ImaRow.of(entry));
    }
  }

  private void flush() {
    if (!pending.isEmpty()) {
      output.line(pending.toString().stripTrailing());
      pending.setLength(0);
    }
  }

  private String row(ImaRow row) {
    String check = "%-9s".formatted(row.check());
    String colored =
        switch (row.check()) {
          case ImaRow.VERIFIED -> output.good(check);
          case ImaRow.MISMATCH -> output.bad(check);
          default -> output.dim(check);
        };
    return "%5d  PCR %-2d  %s  %-9s  %s  %s%s"
        .formatted(
            row.number(),
            row.pcr(),
            colored,
            row.template(),
            row.digest().orElse("-"),
            row.name(),
            output.dim(row.details()));
  }

  private ImaReport report(ImaReader reader, ImaStart start, ImaReplay replay)
      throws IOException, FormatException {
    return new ImaReport(
        ImaReport.SCHEMA,
        reader.format().encoding().name().toLowerCase(Locale.ROOT),
        reader.count(),
        ImaReport.Replayed.of(pcr, replay),
        start.quoted().map(q -> ImaReport.Match.of(q, replay.match())),
        bootPcrs == null ? Optional.empty() : Optional.of(bootAggregate(bootPcrs)),
        summary ? Optional.empty() : Optional.of(ImaReport.Finding.of(inspection)),
        summary ? Optional.empty() : Optional.of(rows));
  }

  /** Held against the PCRs of the bank that the first entry's digest names. */
  private ImaReport.Aggregate bootAggregate(Path file) throws IOException, FormatException {
    Optional<Digest> aggregate =
        first
            .filter(ImaEntry::isBootAggregate)
            .flatMap(ImaEntry::digest)
            .flatMap(ImaDigest::digest);
    if (aggregate.isEmpty()) {
      return new ImaReport.Aggregate("none", Optional.empty());
    }
    Map<Integer, Digest> values = new HashMap<>();
    for (PcrFile.Value value : PcrFile.read(file)) {
      if (value.digest().algorithm() == aggregate.get().algorithm()) {
        values.put(value.pcr(), value.digest());
      }
    }
    return ImaReport.Aggregate.of(
        aggregate.get().toString(), BootAggregate.find(aggregate.get(), values));
  }

  private String text(ImaReport report) {
    var lines = new StringBuilder();
    var replay = report.replay();
    lines.append(
        "%s, %d entries, %d violations%n"
            .formatted(report.format(), report.entries(), replay.violations()));
    if (replay.otherPcrs() > 0) {
      lines.append("%d entries of other PCRs than %d%n".formatted(replay.otherPcrs(), pcr));
    }
    lines.append("PCR %d  %s%n".formatted(pcr, replay.value()));
    replay
        .firstWrongTemplateHash()
        .ifPresent(number ->
            lines.append(
                output.bad(
                    "%d template hashes are not those of their entries, the first is entry %d%n"
                        .formatted(replay.wrongTemplateHashes(), number))));
    report.findings().orElse(List.of()).forEach(f -> lines.append("  " + f.text() + "\n"));
    report
        .match()
        .ifPresent(
            m -> lines.append((m.found() ? output.good(m.text()) : output.bad(m.text())) + "\n"));
    report.bootAggregate().ifPresent(a -> lines.append(aggregate(a)));
    return lines.toString();
  }

  private String aggregate(ImaReport.Aggregate aggregate) {
    return aggregate
        .of()
        .map(of -> output.good("boot aggregate is the hash of " + of))
        .orElseGet(() ->
            output.bad(
                "boot aggregate is %s, not the hash of PCR 0 to 9 or 0 to 7 in %s"
                    .formatted(aggregate.digest(), bootPcrs)));
  }
}
