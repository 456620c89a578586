// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.audit.LogFilter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.issue.LogLines;
import dev.trustme.issue.SigningLog.Entry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki audit export}: entries for other programs. */
@Command(
    name = "export",
    description = {
      "Write entries of a signing log for other programs: CSV, or the lines as they are.",
      "",
      "Lines that were left out are missing in the chain: what proves something is the whole log."
    },
    footer = {"", "Example:", "  trustme pki audit export --pki pki --action issue -o issued.csv"},
    mixinStandardHelpOptions = true)
final class AuditExportCommand implements Callable<ExitCode> {
  /** What is written. */
  enum Format {
    csv,
    jsonl
  }

  private static final String HEADER =
      "sequence,time,action,subject,certificate,key,serial,artifact\n";

  @Mixin private Output output = new Output();
  @Mixin private AuditSource source = new AuditSource();
  @Mixin private AuditFilter filter = new AuditFilter();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "csv",
      description = "csv (RFC 4180) or jsonl. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.csv;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "What to write.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  /** What {@code --json} prints. */
  record Report(String schema, String file, long entries) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path file = requireNonNull(target);
    Outputs.requireAbsent(file, force);
    long written;
    try (var lines = LogLines.open(source.log());
        var staged = Outputs.stage(file, Outputs.SHARED, force)) {
      var out = new BufferedOutputStream(Channels.newOutputStream(staged.channel()));
      written = write(lines, filter.filter(), out);
      out.flush();
      staged.commit();
    }
    output.result(
        new Report("trustme/log-export/1", file.toString(), written),
        () -> "%s  %d entries".formatted(file, written));
    return ExitCode.ACCEPTED;
  }

  private long write(LogLines lines, LogFilter wanted, OutputStream out)
      throws IOException, FormatException {
    long written = 0;
    if (format == Format.csv) {
      out.write(Bytes.utf8(HEADER).toArray());
    }
    while (lines.next()) {
      var entry = lines.entry();
      if (wanted.admits(entry)) {
        written++;
        out.write(
            switch (format) {
              case csv -> Bytes.utf8(row(entry)).toArray();
              case jsonl -> Bytes.concat(lines.line(), Bytes.utf8("\n")).toArray();
            });
      }
    }
    return written;
  }

  private static String row(Entry entry) {
    return Stream.of(
                Long.toString(entry.sequence()),
                entry.time().toString(),
                entry.action(),
                entry.subject(),
                entry.certificate().toString(),
                entry.key().map(Digest::toString).orElse(""),
                entry.serial().orElse(""),
                entry.artifact().map(Digest::toString).orElse(""))
            .map(AuditExportCommand::field)
            .collect(Collectors.joining(","))
        + "\n";
  }

  /** Always quoted where it could be read as something else, by a spreadsheet too. */
  private static String field(String text) {
    String safe = text.matches("[=+@\\t\\r-].*") ? "'" + text : text;
    return safe.matches("[A-Za-z0-9:.+-]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
