// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.DeviceStates;
import dev.trustme.attest.EvidenceCase;
import dev.trustme.attest.EvidenceCheck;
import dev.trustme.attest.EvidenceVerifier;
import dev.trustme.attest.ListFloorStore;
import dev.trustme.attest.NonceStore;
import dev.trustme.attest.Policy;
import dev.trustme.attest.SeenLists;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.attest.VerifiedDevice;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.report.ReportSources;
import dev.trustme.report.TextReport;
import dev.trustme.report.VerdictReport;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
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
  private static final long MAX_RELEASE = 16L << 20;
  private static final long MAX_POLICY = 1L << 20;

  /** A reader of one format. */
  private interface Parser<T> {
    T parse(Bytes content) throws FormatException;
  }

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
    Path policyPath = requireNonNull(policyFile);
    Bytes policyText = Inputs.read(policyPath, MAX_POLICY);
    var policy = parse(policyPath, policyText, Policy::parse);
    Path folder = requireNonNull(state);
    var nonces = NonceStore.open(folder);
    var floors = ListFloorStore.in(folder);
    var anchors =
        TrustAnchors.load(
                policy, requireNonNull(policyPath.toAbsolutePath().getParent()), more.lists())
            .withFloors(floors.floors());
    Path releasePath = requireNonNull(releaseFile);
    var release = parse(releasePath, Inputs.read(releasePath, MAX_RELEASE), DsseEnvelope::parse);
    reports.prepare();
    Instant at = times.now();
    var seen = SeenLists.begin(floors, anchors, at);
    var paper = new Paper(policy, policyText, release);
    var evidence = readable(at, paper);
    var states = DeviceStates.in(folder);
    var last = states.last(evidence.device());
    var enrolment = more.enrolment();
    var manifests = more.manifests();
    var nonce = nonces.consume(evidence.nonce());
    var given = new EvidenceCase(evidence, release, enrolment, manifests, nonce, last, at);
    var verdict = judge(new EvidenceVerifier(policy, anchors), given, paper);
    seen.judged(evidence, at);
    seen.keep();
    if (verdict instanceof Verdict.Accepted<VerifiedDevice> accepted) {
      states.accept(accepted.value().state());
    }
    var manifest = trusted(verdict, release);
    report(
        VerdictReport.of(verdict, evidence.device(), manifest.map(VerdictReport.Release::of), at),
        new ReportSources(Optional.of(evidence), manifest, policy, Optional.of(anchors)),
        policyText);
    return verdict.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  /** What evidence is judged by. */
  private record Paper(Policy policy, Bytes policyText, DsseEnvelope release) {}

  /** The evidence; where it has no such form, that is a verdict too. */
  private Evidence readable(Instant at, Paper paper)
      throws IOException, FormatException, GeneralSecurityException {
    Path file = requireNonNull(evidenceFile);
    Bytes content = Inputs.read(file, Evidence.MAX_BYTES);
    try {
      return Evidence.parse(content);
    } catch (FormatException e) {
      throw malformed(e.in(file.toString()), Optional.empty(), at, paper);
    }
  }

  private Verdict<VerifiedDevice> judge(EvidenceVerifier verifier, EvidenceCase given, Paper paper)
      throws IOException, FormatException, GeneralSecurityException {
    try {
      return verifier.verify(given);
    } catch (FormatException e) {
      var malformed = e.in(String.valueOf(evidenceFile));
      throw malformed(malformed, Optional.of(given.evidence()), given.at(), paper);
    }
  }

  /** Tells of evidence that cannot be read in every form but text, which the exception becomes. */
  private FormatException malformed(
      FormatException problem, Optional<Evidence> evidence, Instant at, Paper paper)
      throws IOException, GeneralSecurityException {
    var report =
        VerdictReport.malformed(
            evidence.map(Evidence::device), at, String.valueOf(problem.getMessage()));
    if (output.json()) {
      output.result(report, () -> "");
    }
    var sources = new ReportSources(evidence, Optional.empty(), paper.policy());
    reports.write(report, sources, paper.policyText());
    return problem;
  }

  /** Which release it was, if its signature held. */
  static Optional<ReleaseManifest> trusted(Verdict<VerifiedDevice> verdict, DsseEnvelope release)
      throws FormatException {
    boolean signed =
        verdict.checks().stream()
            .anyMatch(c ->
                c.id().equals(EvidenceCheck.RELEASE_SIGNATURE.id())
                    && (c.result() == Check.Result.PASS || c.warns()));
    return signed ? Optional.of(ReleaseManifest.parse(release.payload())) : Optional.empty();
  }

  private void report(VerdictReport report, ReportSources sources, Bytes policyText)
      throws IOException, GeneralSecurityException {
    var paint = new TextReport.Paint(output::good, output::bad, output::dim);
    output.result(report, () -> new TextReport(paint, all).of(report));
    reports.write(report, sources, policyText);
  }

  private static <T> T parse(Path file, Bytes content, Parser<T> parser) throws FormatException {
    try {
      return parser.parse(content);
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
