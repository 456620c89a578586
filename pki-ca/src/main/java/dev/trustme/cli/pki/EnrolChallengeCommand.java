// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.enrol.EnrolmentChallenge;
import dev.trustme.enrol.EnrolmentRequest;
import dev.trustme.enrol.RequestVerifier;
import dev.trustme.enrol.VerifiedRequest;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki enrol challenge}: judges a request and wraps a secret for its TPM. */
@Command(
    name = "challenge",
    description = {
      "Check an enrolment request and make a credential that only its TPM can open.",
      "",
      "The endorsement certificate must lead to one of the given roots, and the attestation key"
          + " must be restricted and fixed to its TPM. Exit code 1, with the reasons, if not."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki enrol challenge --request request.json --ek-roots maker.pem \\",
      "      --pending pending.json -o challenge.blob",
      "Then, on the device: tpm2_activatecredential -i challenge.blob -o secret ..."
    },
    mixinStandardHelpOptions = true)
final class EnrolChallengeCommand implements Callable<ExitCode> {
  static final int MAX_BYTES = 1 << 20;

  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Option(
      names = "--request",
      paramLabel = "FILE",
      required = true,
      description = "The device's request.")
  private @Nullable Path request;

  @Option(
      names = "--ek-roots",
      paramLabel = "FILE",
      required = true,
      description = "Certificates of TPM makers (PEM or DER); may be given more than once.")
  private List<Path> roots = List.of();

  @Option(
      names = "--pending",
      paramLabel = "FILE",
      required = true,
      description = "Where to remember the challenge until it is answered.")
  private @Nullable Path pending;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The credential to write, for tpm2_activatecredential -i.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace existing files.")
  private boolean force;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path blobFile = requireNonNull(target);
    Path pendingFile = requireNonNull(pending);
    Path requestFile = requireNonNull(request);
    Outputs.requireAbsent(blobFile, force);
    Outputs.requireAbsent(pendingFile, force);
    var at = times.now();
    Bytes bytes = Inputs.read(requestFile, MAX_BYTES);
    var verdict = verdict(requestFile, bytes, new RequestVerifier(TrustStore.load(roots), at));
    if (!(verdict instanceof Verdict.Accepted<VerifiedRequest> accepted)) {
      return EnrolReport.refuse(output, "challenge", verdict.checks());
    }
    var challenge = EnrolmentChallenge.make(accepted.value(), bytes, at);
    try (var remembered = Outputs.stage(pendingFile, Outputs.PRIVATE, force);
        var credential = Outputs.stage(blobFile, Outputs.SHARED, force)) {
      remembered.write(challenge.pending().encode().buffer());
      credential.write(challenge.blob().encode().buffer());
      remembered.commit();
      credential.commit();
    }
    EnrolReport.accept(
        output,
        "challenge",
        challenge.pending().device(),
        verdict.checks(),
        "%s  opens in this TPM only (%s %s); on the device: tpm2_activatecredential -i %s"
            .formatted(
                blobFile,
                challenge.pending().tpm().manufacturer(),
                challenge.pending().tpm().model(),
                blobFile.getFileName()));
    return ExitCode.ACCEPTED;
  }

  private static Verdict<VerifiedRequest> verdict(Path file, Bytes bytes, RequestVerifier verifier)
      throws FormatException {
    try {
      return verifier.verify(EnrolmentRequest.parse(bytes));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
