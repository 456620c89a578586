// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Challenge;
import dev.trustme.attest.EvidenceCase;
import dev.trustme.attest.EvidenceVerifier;
import dev.trustme.attest.NonceAnswer;
import dev.trustme.attest.VerifiedDevice;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.report.TextReport;
import dev.trustme.report.VerdictReport;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
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
  private static final long MAX_RELEASE = 16L << 20;

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
    var release = release(requireNonNull(releaseFile));
    Path path = requireNonNull(evidenceFile);
    Instant at = times.now();
    Verdict<VerifiedDevice> verdict;
    Evidence evidence;
    try {
      evidence = Evidence.parse(Inputs.read(path, Evidence.MAX_BYTES));
      verdict =
          new EvidenceVerifier(file.policy(), file.anchors()).verify(given(evidence, release, at));
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
    var trusted = EvidenceCommand.trusted(verdict, release).map(VerdictReport.Release::of);
    var report = VerdictReport.of(verdict, evidence.device(), trusted, at);
    var paint = new TextReport.Paint(output::good, output::bad, output::dim);
    output.result(report, () -> new TextReport(paint, all).of(report));
    return verdict.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private static DsseEnvelope release(Path file) throws IOException, FormatException {
    try {
      return DsseEnvelope.parse(Inputs.read(file, MAX_RELEASE));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private EvidenceCase given(Evidence evidence, DsseEnvelope release, Instant at)
      throws IOException, FormatException {
    var challenge = new Challenge(Challenge.SCHEMA, evidence.device(), evidence.nonce(), at, at);
    return new EvidenceCase(
        evidence,
        release,
        more.enrolment(),
        more.manifests(),
        new NonceAnswer.Consumed(challenge),
        Optional.empty(),
        at);
  }
}
