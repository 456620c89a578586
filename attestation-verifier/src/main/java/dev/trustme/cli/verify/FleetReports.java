// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Outputs;
import dev.trustme.fleet.FleetCsv;
import dev.trustme.fleet.FleetResult;
import dev.trustme.fleet.FleetSummary;
import dev.trustme.json.Json;
import dev.trustme.report.FleetPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is written of a whole fleet, whatever came of it. */
final class FleetReports {
  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the summary as one page for people.")
  private @Nullable Path html;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write a table with a row for each piece of evidence.")
  private @Nullable Path csv;

  @Option(names = "--summary", paramLabel = "FILE", description = "Write the summary as JSON.")
  private @Nullable Path json;

  /** Fails before anything is judged if a report could not be written. */
  void prepare(boolean force) throws IOException {
    for (Path file : Stream.of(html, csv, json).flatMap(Stream::ofNullable).toList()) {
      Outputs.requireAbsent(file, force);
      ReportFiles.requireFolder(file);
    }
  }

  /** Rows of the table, if one is wanted. */
  Rows rows(boolean force) throws IOException {
    return new Rows(csv == null ? Optional.empty() : Optional.of(FleetCsv.create(csv, force)));
  }

  /** The table, or nothing. */
  record Rows(Optional<FleetCsv> table) implements AutoCloseable {
    void add(FleetResult result) {
      table.ifPresent(t -> t.add(result));
    }

    void commit() throws IOException {
      if (table.isPresent()) {
        table.get().commit();
      }
    }

    @Override
    public void close() throws IOException {
      if (table.isPresent()) {
        table.get().close();
      }
    }
  }

  void write(FleetSummary summary, boolean force) throws IOException {
    if (json != null) {
      Outputs.write(json, Json.writePretty(summary), force);
    }
    if (html != null) {
      Bytes page = FleetPage.of(summary);
      Outputs.write(html, page, force);
    }
  }
}
