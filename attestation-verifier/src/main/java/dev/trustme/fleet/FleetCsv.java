// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Results as a table (CSV, RFC 4180, UTF-8): a row for each piece of evidence, in the order of the
 * results. It appears when it is whole. Cells that a spreadsheet would take for a formula begin
 * with an apostrophe.
 */
public final class FleetCsv implements AutoCloseable {
  private static final String HEADER =
      "number,evidence,device,verdict,release,sequence,at,first-failure,failures,problem\r\n";

  private final Outputs.Staged file;

  private FleetCsv(Outputs.Staged file) {
    this.file = file;
  }

  public static FleetCsv create(Path file, boolean force) throws IOException {
    var csv = new FleetCsv(Outputs.stage(file, Outputs.SHARED, force));
    csv.file.write(Bytes.utf8(HEADER).buffer());
    return csv;
  }

  /** Adds a row; a failing disk is an UncheckedIOException. */
  public void add(FleetResult result) {
    try {
      file.write(Bytes.utf8(row(result)).buffer());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String row(FleetResult result) {
    var failures = result.failures().stream().map(FleetResult.Failure::id).toList();
    return List.of(
            String.valueOf(result.number()),
            result.evidence(),
            result.device().map(DeviceId::uuid).orElse(""),
            result.verdict().label(),
            result.release().map(FleetResult.Release::name).orElse(""),
            result.release().map(r -> String.valueOf(r.sequence())).orElse(""),
            result.at().toString(),
            failures.isEmpty() ? "" : failures.getFirst(),
            String.join(" ", failures),
            result.problem().orElse(""))
        .stream()
        .map(FleetCsv::cell)
        .collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String cell(String words) {
    String shown = words.replaceAll("\\p{Cntrl}", " ");
    String harmless = shown.isEmpty() || "=+-@".indexOf(shown.charAt(0)) < 0 ? shown : "'" + shown;
    return harmless.contains(",") || harmless.contains("\"")
        ? '"' + harmless.replace("\"", "\"\"") + '"'
        : harmless;
  }

  /** The table is whole. */
  public void commit() throws IOException {
    file.commit();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
