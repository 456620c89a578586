// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.DeviceStates;
import dev.trustme.attest.EvidenceCase;
import dev.trustme.attest.EvidenceCheck;
import dev.trustme.attest.EvidenceVerifier;
import dev.trustme.attest.NonceStore;
import dev.trustme.attest.Policy;
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
import dev.trustme.report.TextReport;
import dev.trustme.report.VerdictReport;
import dev.trustme.trust.Check;
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

/** {@code verify evidence}: may this device be trusted? */
@Command(
    name = "evidence",
    description = {
      "Judge a device's evidence against a release and a policy.",
      "",
      "The attestation key counts only through its certificate, the release only through its"
          + " signatures, the event log only as far as the quote bears it out. The nonce is used up"
          + " whatever comes of it."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify evidence evidence.json --release release.json --policy policy.yaml"
          + " --state verifier --all"
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
  public ExitCode call() throws IOException, FormatException {
    Path policyPath = requireNonNull(policyFile);
    var policy = parse(policyPath, MAX_POLICY, Policy::parse);
    var anchors =
        TrustAnchors.load(
            policy, requireNonNull(policyPath.toAbsolutePath().getParent()), more.lists());
    var release = parse(requireNonNull(releaseFile), MAX_RELEASE, DsseEnvelope::parse);
    var evidence = parse(requireNonNull(evidenceFile), Evidence.MAX_BYTES, Evidence::parse);
    Path folder = requireNonNull(state);
    var nonces = NonceStore.open(folder);
    var states = DeviceStates.in(folder);
    Instant at = times.now();
    var last = states.last(evidence.device());
    var enrolment = more.enrolment();
    var manifests = more.manifests();
    var nonce = nonces.consume(evidence.nonce());
    var given = new EvidenceCase(evidence, release, enrolment, manifests, nonce, last, at);
    Verdict<VerifiedDevice> verdict = judge(new EvidenceVerifier(policy, anchors), given);
    if (verdict instanceof Verdict.Accepted<VerifiedDevice> accepted) {
      states.accept(accepted.value().state());
    }
    report(VerdictReport.of(verdict, evidence.device(), trusted(verdict, release), at));
    return verdict.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private Verdict<VerifiedDevice> judge(EvidenceVerifier verifier, EvidenceCase given)
      throws FormatException {
    try {
      return verifier.verify(given);
    } catch (FormatException e) {
      var malformed = e.in(String.valueOf(evidenceFile));
      if (output.json()) {
        report(
            VerdictReport.malformed(
                given.evidence().device(), given.at(), String.valueOf(malformed.getMessage())));
      }
      throw malformed;
    }
  }

  /** Which release it was, if its signature held. */
  private static Optional<VerdictReport.Release> trusted(
      Verdict<VerifiedDevice> verdict, DsseEnvelope release) throws FormatException {
    boolean signed =
        verdict.checks().stream()
            .anyMatch(c ->
                c.id().equals(EvidenceCheck.RELEASE_SIGNATURE.id())
                    && (c.result() == Check.Result.PASS || c.warns()));
    return signed
        ? Optional.of(VerdictReport.Release.of(ReleaseManifest.parse(release.payload())))
        : Optional.empty();
  }

  private void report(VerdictReport report) {
    var paint = new TextReport.Paint(output::good, output::bad, output::dim);
    output.result(report, () -> new TextReport(paint, all).of(report));
  }

  private static <T> T parse(Path file, long limit, Parser<T> parser)
      throws IOException, FormatException {
    try {
      return parser.parse(Inputs.read(file, limit));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
