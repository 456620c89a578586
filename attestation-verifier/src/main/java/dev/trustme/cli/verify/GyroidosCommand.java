// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.GyroidosPolicy;
import dev.trustme.attest.GyroidosVerifier;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.GyroidosResponse;
import dev.trustme.evidence.Nonce;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Check;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.TrustStore;
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

/** {@code verify gyroidos}. */
@Command(
    name = "gyroidos",
    description = {
      "Judge what a GyroidOS device answers to an attestation request.",
      "",
      "Such an answer shows less than evidence of this suite. What it cannot show is a failed check"
          + " each, limit-key to limit-containers, until the policy tolerates it by its name; then"
          + " it is a warning. The nonce is the one that you sent: send each only once."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify gyroidos response.pb --policy gyroidos.yaml --nonce ef271a344db1da91"
    },
    mixinStandardHelpOptions = true)
final class GyroidosCommand implements Callable<ExitCode> {
  @Parameters(
      paramLabel = "RESPONSE",
      description = "The message Tpm2dToRemote, with or without its length before it.")
  private @Nullable Path responseFile;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      required = true,
      description = "What is demanded, and whom to believe (YAML).")
  private @Nullable Path policyFile;

  @Option(
      names = "--nonce",
      paramLabel = "HEX",
      required = true,
      description = "The nonce that was sent to the device.")
  private String nonce = "";

  @Mixin private RevocationFiles lists = new RevocationFiles();
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  /** The verdict, schema {@code trustme/gyroidos-verdict/1}. */
  private record Report(
      String schema, String verdict, String response, Instant at, List<Check> checks) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path policyPath = requireNonNull(policyFile);
    var policy = Inputs.parse(policyPath, GyroidosPolicy::parse);
    Path folder = requireNonNull(policyPath.toAbsolutePath().getParent());
    var roots =
        TrustStore.load(policy.trust().devices().roots().stream().map(folder::resolve).toList());
    Path file = requireNonNull(responseFile);
    var at = times.now();
    var verifier = new GyroidosVerifier(policy, roots, revocation(), at);
    var sent = nonce();
    var verdict = Inputs.parse(file, bytes -> verifier.verify(GyroidosResponse.parse(bytes), sent));
    String word = verdict.accepted() ? "accepted" : "rejected";
    output.result(
        new Report("trustme/gyroidos-verdict/1", word, file.toString(), at, verdict.checks()),
        () -> text(file, verdict.accepted(), verdict.checks()));
    return verdict.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private Nonce nonce() {
    try {
      return Nonce.fromHex(nonce);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--nonce: " + e.getMessage());
    }
  }

  private Revocation revocation() throws IOException, FormatException {
    var given = lists.lists();
    return given.isEmpty()
        ? Revocation.OFF
        : Revocation.of(Revocation.Mode.IF_PRESENT, given, List.of());
  }

  private String text(Path file, boolean accepted, List<Check> checks) {
    var text = new StringBuilder();
    text.append(accepted ? output.good("ACCEPTED") : output.bad("REJECTED"));
    text.append("   ").append(file);
    for (Check check : checks) {
      text.append(ArtifactVerdict.line(check));
    }
    return text.toString();
  }
}
