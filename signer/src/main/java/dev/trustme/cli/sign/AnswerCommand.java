// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.airgap.Answering;
import dev.trustme.airgap.RequestItem;
import dev.trustme.airgap.RequestWords;
import dev.trustme.airgap.SigningAnswer;
import dev.trustme.airgap.SigningRequest;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Terminal;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.SigningLog;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign answer}: signs a request on the machine that has the key. */
@Command(
    name = "answer",
    description = {
      "Show what a request asks for, and sign it with the key that is here.",
      "",
      "Each item is shown with what the request says of it and what can be seen: digests are hashed"
          + " again from the messages that travel. --files hashes the artefacts themselves,"
          + " --recompute runs the request's own command here over the same files and demands the"
          + " same result. The key's certificate must be the one that the request names, and fit"
          + " the kind of each item."
    },
    footer = {
      "",
      "Example:",
      "  trustme sign answer request.json --key 'pkcs11:token=release;object=module' \\",
      "      --cert module.pem --log signing.jsonl -o answer.json"
    },
    mixinStandardHelpOptions = true)
final class AnswerCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();
  @Mixin private RequestChecks checks = new RequestChecks();

  @Parameters(paramLabel = "REQUEST", description = "The request.")
  private @Nullable Path file;

  @Option(names = "--yes", description = "Sign without asking.")
  private boolean yes;

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String file,
      Digest request,
      List<Digest> certificates,
      int signatures,
      int left,
      List<RequestItem> items) {
    String text() {
      String rest = left == 0 ? "" : ", %d left for other keys".formatted(left);
      return "%s  %d signatures%s\n  request  %s\n  then: trustme sign attach REQUEST %s"
          .formatted(file, signatures, rest, request, file);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    Path input = requireNonNull(file);
    var bytes = Inputs.read(input, SigningRequest.MAX_FILE);
    var request = Inputs.parse(input.toString(), bytes, SigningRequest::parse);
    show(request);
    checks.check(request, pki.use(), output);
    if (!pki.rehearsing()) {
      confirm(request);
    }
    sign(request, SigningRequest.digest(bytes));
    return ExitCode.ACCEPTED;
  }

  private void show(SigningRequest request) throws FormatException {
    var words = new RequestWords(request);
    words.head().forEach(output::line);
    for (int i = 0; i < request.items().size(); i++) {
      words.item(i).forEach(output::line);
    }
  }

  private void confirm(SigningRequest request) {
    if (yes) {
      return;
    }
    var console = Terminal.input() ? System.console() : null;
    if (console == null) {
      throw CommandFailure.usage("no terminal to ask on; --yes signs without asking");
    }
    String said = console.readLine("Sign these %d items? [yes/no] ", request.items().size());
    if (said == null || !said.strip().equals("yes")) {
      throw CommandFailure.rejected("not confirmed: nothing was signed");
    }
  }

  private void sign(SigningRequest request, Digest digest)
      throws IOException, FormatException, GeneralSecurityException {
    var answering = new Answering(request);
    List<RequestItem> signed = new ArrayList<>();
    List<SigningLog.Event> events = new ArrayList<>();
    var kinds = EnumSet.noneOf(ArtifactKind.class);
    request.items().forEach(item -> kinds.add(item.artifactKind()));
    for (ArtifactKind kind : kinds) {
      var certificate = pki.certificate(kind);
      if (certificate
          .filter(c -> !answering.items(kind, Certificates.fingerprint(c)).isEmpty())
          .isPresent()) {
        try (var key = pki.open(kind)) {
          for (var item : answering.sign(kind, key)) {
            signed.add(item);
            events.add(event(item, key));
          }
        }
      }
    }
    if (signed.isEmpty()) {
      throw CommandFailure.rejected("the request asks nothing of this key: " + asked(request));
    }
    write(request, answering.answer(digest, pki.now()), signed, events);
  }

  private static SigningLog.Event event(RequestItem item, RoleKey key) {
    return SigningLog.Event.signed(
        "answer-" + item.kind(), item.name(), key.certificate(), item.artifact());
  }

  private static String asked(SigningRequest request) {
    return "it asks "
        + request.signers().stream()
            .map(signer -> signer.fingerprint().toString())
            .collect(Collectors.joining(", "));
  }

  private void write(
      SigningRequest request,
      SigningAnswer answer,
      List<RequestItem> signed,
      List<SigningLog.Event> events)
      throws IOException, FormatException {
    try (var staged = Outputs.stage(target.path(), Outputs.SHARED, target.force())) {
      staged.write(answer.encode().buffer());
      pki.finish(events, staged);
    }
    var report =
        new Report(
            "trustme/made-answer/1",
            target.path().toString(),
            answer.request(),
            answer.certificates(),
            signed.size(),
            request.items().size() - signed.size(),
            signed);
    output.result(report, report::text);
  }
}
