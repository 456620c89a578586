// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.DeviceStates;
import dev.trustme.attest.Judge;
import dev.trustme.attest.Judgement;
import dev.trustme.attest.KnownDevice;
import dev.trustme.attest.ListFloorStore;
import dev.trustme.attest.NonceStore;
import dev.trustme.attest.SeenLists;
import dev.trustme.attest.VerifiedDevice;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.report.ReportSources;
import dev.trustme.report.TextReport;
import dev.trustme.report.VerdictReport;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify evidence}: may this device be trusted? */
@Command(
    name = "evidence",
    description = {
      "Judge a device's evidence against a release and a policy.",
      "",
      "The attestation key counts only through its certificate, the release only through its"
          + " signatures, the event log only as far as the quote bears it out. The nonce is used up"
          + " whatever comes of it.",
      "",
      "The verdict goes to standard output, as text or with --json; --html, --junit and --ear write"
          + " it to files as well, also where the evidence is rejected or cannot be read."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify evidence evidence.json --release release.json --policy policy.yaml"
          + " --state verifier --all",
      "  trustme verify evidence evidence.json --release release.json --policy policy.yaml"
          + " --state verifier --html verdict.html --junit verdict.xml",
      "",
      "'trustme verify explain ID' says what a check is about and what to do."
    },
    mixinStandardHelpOptions = true)
final class EvidenceCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();
  @Mixin private EvidenceInputs more = new EvidenceInputs();
  @Mixin private ReportFiles reports = new ReportFiles();

  @Parameters(paramLabel = "EVIDENCE", description = "The device's evidence (JSON).")
  private @Nullable Path evidenceFile;

  @Option(
      names = "--release",
      paramLabel = "FILE",
      required = true,
      description = "The signed release manifest that the device should run.")
  private @Nullable Path releaseFile;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      required = true,
      description = "What is demanded, and whom to believe (YAML).")
  private @Nullable Path policyFile;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      required = true,
      description = "The folder given to 'trustme verify challenge'.")
  private @Nullable Path state;

  @Option(names = "--all", description = "List every check, not only the findings.")
  private boolean all;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path folder = requireNonNull(state);
    var floors = ListFloorStore.in(folder);
    var file = PolicyFile.read(requireNonNull(policyFile), more.lists());
    var nonces = NonceStore.open(folder);
    var policy = file.withFloors(floors.floors());
    var release =
        Inputs.parse(requireNonNull(releaseFile), DsseEnvelope.MAX_FILE, DsseEnvelope::parse);
    var judge = Judge.of(policy.policy(), policy.anchors(), List.of(release), more.manifests());
    reports.prepare();
    Instant at = times.now();
    var seen = SeenLists.begin(floors, policy.anchors(), at);
    var evidence = readable(at, policy);
    var states = DeviceStates.in(folder);
    var last = states.last(evidence.device());
    var enrolment = more.enrolment();
    var known = new KnownDevice(nonces.consume(evidence.nonce()), last, enrolment);
    return switch (judge.judge(evidence, known, at)) {
      case Judgement.Malformed(var problem) -> {
        var named = problem.in(String.valueOf(evidenceFile));
        throw malformed(named, Optional.of(evidence), at, policy);
      }
      case Judgement.Judged judged -> {
        seen.judged(evidence, at);
        seen.keep();
        if (judged.verdict() instanceof Verdict.Accepted<VerifiedDevice> accepted) {
          states.accept(accepted.value().state());
        }
        report(judged, evidence, at, policy);
        yield judged.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
      }
    };
  }

  /** The evidence; where it has no such form, that is a verdict too. */
  private Evidence readable(Instant at, PolicyFile policy)
      throws IOException, FormatException, GeneralSecurityException {
    try {
      return Inputs.parse(requireNonNull(evidenceFile), Evidence.MAX_BYTES, Evidence::parse);
    } catch (FormatException e) {
      throw malformed(e, Optional.empty(), at, policy);
    }
  }

  /** Tells of evidence that cannot be read in every form but text, which the exception becomes. */
  private FormatException malformed(
      FormatException problem, Optional<Evidence> evidence, Instant at, PolicyFile policy)
      throws IOException, GeneralSecurityException {
    var report =
        VerdictReport.malformed(
            evidence.map(Evidence::device), at, String.valueOf(problem.getMessage()));
    if (output.json()) {
      output.result(report, () -> "");
    }
    var sources = new ReportSources(evidence, Optional.empty(), policy.policy());
    reports.write(report, sources, policy.text());
    return problem;
  }

  private void report(Judgement.Judged judged, Evidence evidence, Instant at, PolicyFile policy)
      throws IOException, GeneralSecurityException {
    var report = VerdictReport.of(judged, evidence.device(), at);
    var paint = new TextReport.Paint(output::good, output::bad, output::dim);
    output.result(report, () -> new TextReport(paint, all).of(report));
    var sources =
        new ReportSources(
            Optional.of(evidence),
            judged.release(),
            policy.policy(),
            Optional.of(policy.anchors()));
    reports.write(report, sources, policy.text());
  }
}
