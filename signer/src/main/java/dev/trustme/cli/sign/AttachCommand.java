// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.airgap.SigningAnswer;
import dev.trustme.airgap.SigningReplay;
import dev.trustme.airgap.SigningRequest;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign attach}: a signing command again, now with the signatures that came back. */
@Command(
    name = "attach",
    description = {
      "Run the command of a request again with the signatures of its answers, and write its"
          + " outputs.",
      "",
      "Run it in the folder where the request was made, over the same files. Every signature is"
          + " verified with its certificate; whatever the command wants signed now and the request"
          + " did not ask for means that something changed, and nothing is written."
    },
    footer = {"", "Example:", "  trustme sign attach request.json answer.json"},
    mixinStandardHelpOptions = true)
final class AttachCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Parameters(index = "0", paramLabel = "REQUEST", description = "The request, as it was made.")
  private @Nullable Path requestFile;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ANSWER",
      description = "The answer of each key that was asked.")
  private List<Path> answerFiles = new ArrayList<>();

  /** What {@code --json} prints; {@code result} is the command's own document. */
  record Report(
      String schema, Digest request, int signatures, List<String> unused, JsonNode result) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path file = requireNonNull(requestFile);
    var bytes = Inputs.read(file, SigningRequest.MAX_FILE);
    var request = Inputs.parse(file.toString(), bytes, SigningRequest::parse);
    var digest = SigningRequest.digest(bytes);
    requireValid(request, times.now());
    var replay = replay(request, digest);
    var ran =
        new AwayFromKeys(replay, times.now())
            .run(request.command(), request.created(), request.contentTime());
    if (replay.problem().isPresent()) {
      throw CommandFailure.rejected("nothing was written: " + replay.problem().get());
    }
    if (ran.code() != 0) {
      return ExitCode.of(ran.code());
    }
    replay
        .unused()
        .forEach(name ->
            output.warn(name + ": was signed for this request, and the command did not want it"));
    var report =
        new Report(
            "trustme/attached-signatures/1",
            digest,
            replay.used(),
            replay.unused(),
            ran.document());
    output.result(
        report,
        () ->
            "%s\nattached %d signatures of the request %s"
                .formatted(ran.text(), replay.used(), digest));
    return ExitCode.ACCEPTED;
  }

  private SigningReplay replay(SigningRequest request, Digest digest)
      throws IOException, FormatException {
    List<SigningAnswer> answers = new ArrayList<>();
    for (Path file : answerFiles) {
      answers.add(
          Inputs.parse(
              file.toString(), Inputs.read(file, SigningAnswer.MAX_FILE), SigningAnswer::parse));
    }
    return switch (SigningReplay.of(request, digest, answers)) {
      case Verdict.Accepted<SigningReplay> accepted -> accepted.value();
      case Verdict.Rejected<SigningReplay> rejected ->
          throw CommandFailure.rejected(words(rejected.failures().getFirst()));
    };
  }

  private static String words(Check check) {
    String advice = check.advice().isEmpty() ? "" : "; " + check.advice();
    return "%s: %s: expected %s, found %s%s"
        .formatted(check.where(), check.id(), check.expected(), check.seen(), advice);
  }

  /** The command itself works as of the request; what it makes must be good now. */
  private static void requireValid(SigningRequest request, Instant now) throws FormatException {
    for (var signer : request.signers()) {
      var leaf = signer.untrustedChain().getFirst();
      if (!leaf.isValidOn(Date.from(now))) {
        throw CommandFailure.rejected(
            "%s: certificate-validity: expected %s to %s, found %s"
                .formatted(
                    leaf.getSubject(),
                    leaf.getNotBefore().toInstant(),
                    leaf.getNotAfter().toInstant(),
                    now));
      }
    }
  }
}
