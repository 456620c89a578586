// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.DeviceStates;
import dev.trustme.attest.GyroidosDevice;
import dev.trustme.attest.GyroidosMemory;
import dev.trustme.attest.GyroidosPolicy;
import dev.trustme.attest.GyroidosVerifier;
import dev.trustme.attest.ListFloorStore;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.GyroidosResponse;
import dev.trustme.evidence.Nonce;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.RevocationFloors;
import dev.trustme.trust.RevocationList;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
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
          + " it is a warning. The nonce is the one that you sent: send each only once. With --state the"
          + " TPM's counters must come after those last accepted of the device's key."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify gyroidos response.pb --policy gyroidos.yaml --nonce ef271a344db1da91"
          + " --state verifier"
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

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = {
        "A folder that keeps the last accepted answer of each device, and the numbers of revocation"
            + " lists: what is older is refused. Default: nothing is kept."
      })
  private @Nullable Path state;

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
    var sent = nonce();
    var name = file.toString();
    var content = Inputs.read(file, GyroidosResponse.MAX_BYTES);
    var chain =
        Inputs.parse(
            name, content, c -> Certificates.parse(GyroidosResponse.parse(c).certificate()));
    var given = revocation();
    var verifier = new GyroidosVerifier(policy, roots, given, at);
    var memory = memory(GyroidosDevice.id(chain));
    var verdict =
        Inputs.parse(name, content, c -> verifier.verify(GyroidosResponse.parse(c), sent, memory));
    keep(verdict, given.lists(), issuers(roots, chain), at);
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
        : Revocation.of(Revocation.Mode.IF_PRESENT, given, List.of())
            .withFloors(state == null ? Map.of() : ListFloorStore.in(state).floors().numbers());
  }

  private GyroidosMemory memory(DeviceId device) throws IOException, FormatException {
    return state == null
        ? new GyroidosMemory.None()
        : new GyroidosMemory.Kept(DeviceStates.in(state).last(device));
  }

  private static List<X509CertificateHolder> issuers(
      TrustStore roots, List<X509CertificateHolder> chain) {
    var issuers = new ArrayList<>(roots.anchors());
    issuers.addAll(RevocationFloors.vouched(roots.anchors(), chain));
    return issuers;
  }

  private void keep(
      Verdict<GyroidosDevice> verdict,
      List<RevocationList> seen,
      List<X509CertificateHolder> issuers,
      Instant at)
      throws IOException, FormatException {
    if (state == null) {
      return;
    }
    ListFloorStore.in(state).saw(seen, issuers, at);
    if (verdict instanceof Verdict.Accepted<GyroidosDevice> accepted) {
      DeviceStates.in(state).accept(accepted.value().state());
    }
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
