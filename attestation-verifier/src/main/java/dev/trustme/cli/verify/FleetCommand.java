// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.fleet.FleetInputs;
import dev.trustme.fleet.FleetJournal;
import dev.trustme.fleet.FleetResult;
import dev.trustme.fleet.FleetRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify fleet}: may these devices be trusted? */
@Command(
    name = "fleet",
    description = {
      "Judge the evidence of many devices, on all cores and in flat memory.",
      "",
      "Evidence comes from files (one device each), .ndjson and .jsonl files and standard input (one"
          + " device in each line), and folders of these. Each piece is judged as 'verify evidence'"
          + " would: its nonce is used up, and the state of an accepted device kept. What cannot be"
          + " read is told and never stops the rest.",
      "",
      "Results come as they are done, a line each; --out also keeps them on disk. A run that was"
          + " killed goes on with --resume: nothing is judged twice, and nothing is left out.",
      "",
      "Exit code: 0 all accepted (or no more others than --tolerate), else the worst of 1 rejected,"
          + " 3 malformed, 4 unreadable. No evidence at all is a rejection."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify fleet evidence/ --release release.json --policy policy.yaml"
          + " --state verifier --out results.ndjson --resume --html fleet.html",
      "  zcat archive.ndjson.gz | trustme verify fleet - --release r41.json --release r42.json"
          + " --policy policy.yaml --recorded --at 2026-11-22T18:06:00Z --json"
    },
    mixinStandardHelpOptions = true)
final class FleetCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();
  @Mixin private FleetJudge judging = new FleetJudge();
  @Mixin private FleetReports reports = new FleetReports();

  @Parameters(
      paramLabel = "EVIDENCE",
      arity = "1..*",
      description = "Files, folders, or - for standard input.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Write every result there (NDJSON), safe against crashes.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      description = "Go on where the run that wrote --out ended; begin it if there is none.")
  private boolean resume;

  @Option(names = "--force", description = "Replace results and reports that exist.")
  private boolean force;

  @Option(
      names = "--tolerate",
      paramLabel = "N|P%",
      description = "Exit with 0 if no more than so many are not accepted. Default: 0.")
  private String tolerated = "0";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many devices are judged at once. Default: one for each core.")
  private int threads = Runtime.getRuntime().availableProcessors();

  private long done;

  @Override
  public ExitCode call() throws IOException, FormatException, InterruptedException {
    var tolerance = Tolerance.parse(tolerated);
    if (threads < 1 || threads > 1024) {
      throw CommandFailure.usage("--threads: expected 1 to 1024");
    }
    if (resume && (force || out == null)) {
      throw CommandFailure.usage("--resume goes on with --out, so it needs that, and no --force");
    }
    var inputs = new FleetInputs(paths, System.in);
    inputs.require();
    var loaded = judging.load();
    judging.warnings(loaded.judge(), times.now()).forEach(output::warn);
    reports.prepare(force);
    Optional<FleetJournal> journal = journal(loaded.header());
    try (var rows = reports.rows(force)) {
      var run = journal.map(FleetJournal::run).orElseGet(() -> loaded.header().run());
      var memory = judging.memory(loaded, run, times.now());
      var bench =
          new FleetRun.Bench(
              loaded.judge(), memory, loaded.records(), journal, () -> times.now(), threads);
      var fleet =
          new FleetRun(
              bench,
              result -> {
                tell(result);
                rows.add(result);
              });
      fleet.resume(rows::add);
      var summary = fleet.judge(inputs);
      rows.commit();
      reports.write(summary, force);
      output.result(summary, () -> FleetText.of(summary, output));
      return tolerance.exitCode(summary.counts());
    } finally {
      if (journal.isPresent()) {
        journal.get().close();
      }
    }
  }

  private Optional<FleetJournal> journal(FleetJournal.Header header)
      throws IOException, FormatException {
    if (out == null) {
      return Optional.empty();
    }
    Path file = requireNonNull(out);
    return Optional.of(
        resume ? FleetJournal.resume(file, header) : FleetJournal.create(file, header, force));
  }

  private void tell(FleetResult result) {
    if (output.json()) {
      output.result(result, () -> "");
    } else {
      output.line(FleetText.of(result, output));
    }
    output.progress("judged", ++done);
  }
}
