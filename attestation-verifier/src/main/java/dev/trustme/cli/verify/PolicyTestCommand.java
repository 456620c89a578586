// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Judge;
import dev.trustme.attest.Judgement;
import dev.trustme.attest.KnownDevice;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.report.TextReport;
import dev.trustme.report.VerdictReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify policy test}: what a policy would have said of recorded evidence. */
@Command(
    name = "test",
    description = {
      "Judge recorded evidence by a policy, without challenge and without state.",
      "",
      "The nonce is taken for one that was given out at the moment of the judgement, and no earlier"
          + " evidence is known: so replay is not judged, and nothing is remembered. Use it to try a"
          + " policy, never to trust a device."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify policy test policy.yaml evidence.json --release release.json"
          + " --at 2026-11-22T18:06:00Z"
    },
    mixinStandardHelpOptions = true)
final class PolicyTestCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();
  @Mixin private EvidenceInputs more = new EvidenceInputs();

  @Parameters(index = "0", paramLabel = "POLICY", description = "The policy (YAML).")
  private @Nullable Path policyFile;

  @Parameters(index = "1", paramLabel = "EVIDENCE", description = "Recorded evidence (JSON).")
  private @Nullable Path evidenceFile;

  @Option(
      names = "--release",
      paramLabel = "FILE",
      required = true,
      description = "The signed release manifest that the device should have run.")
  private @Nullable Path releaseFile;

  @Option(names = "--all", description = "List every check, not only the findings.")
  private boolean all;

  @Override
  public ExitCode call() throws IOException, FormatException {
    var file = PolicyFile.read(requireNonNull(policyFile), more.lists());
    var release =
        Inputs.parse(requireNonNull(releaseFile), DsseEnvelope.MAX_FILE, DsseEnvelope::parse);
    var judge = Judge.of(file.policy(), file.anchors(), List.of(release), more.manifests());
    Path path = requireNonNull(evidenceFile);
    Instant at = times.now();
    var evidence = Inputs.parse(path, Evidence.MAX_BYTES, Evidence::parse);
    var known = KnownDevice.recorded(evidence, at).with(more.enrolment());
    return switch (judge.judge(evidence, known, at)) {
      case Judgement.Malformed(var problem) -> throw problem.in(path.toString());
      case Judgement.Judged judged -> {
        report(VerdictReport.of(judged, evidence.device(), at));
        yield judged.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
      }
    };
  }

  private void report(VerdictReport report) {
    var paint = new TextReport.Paint(output::good, output::bad, output::dim);
    output.result(report, () -> new TextReport(paint, all).of(report));
  }
}
