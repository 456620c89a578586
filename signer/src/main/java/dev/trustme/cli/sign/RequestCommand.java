// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.airgap.SigningRecorder;
import dev.trustme.airgap.SigningRequest;
import dev.trustme.bytes.Digest;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign request}: what a signing command wants signed, for a machine without a network. */
@Command(
    name = "request",
    description = {
      "Run a signing command without its private key, and write down what it wants signed.",
      "",
      "Only the certificate is needed: the role's in the PKI folder, or --cert. Nothing else is"
          + " written. The request holds digests and small messages; keys that sign the message"
          + " itself (Ed25519, ML-DSA) make it travel whole. 'sign answer' signs the request where"
          + " the key is, 'sign attach' runs the command again with the answer."
    },
    footer = {
      "",
      "Example:",
      "  trustme sign request -o request.json -- modules /lib/modules/6.12 --pki pki -o signed",
      "  trustme sign answer request.json --key pkcs11:… --cert module.pem -o answer.json",
      "  trustme sign attach request.json answer.json"
    },
    mixinStandardHelpOptions = true)
final class RequestCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Target target = new Target();
  @Mixin private Times times = new Times();

  @Parameters(
      paramLabel = "VERB ARG",
      arity = "1..*",
      description = "After --: a signing command as it would be given.")
  private List<String> command = new ArrayList<>();

  /** What {@code --json} prints. */
  record Report(String schema, String file, Digest request, List<Digest> signers, int items) {
    String text() {
      return "%s  %d signature%s to make\n  request  %s\n"
          .formatted(file, items, items == 1 ? "" : "s", request)
          .concat(
              "  where the key is: trustme sign answer %s --key REF --cert FILE -o answer.json"
                  .formatted(file));
    }
  }

  @Override
  public ExitCode call() throws IOException {
    target.requireFree();
    var recorder = new SigningRecorder();
    var now = times.now();
    var ran = new AwayFromKeys(recorder, now).run(command, now, Times.ofContent());
    if (ran.code() != 0) {
      return ExitCode.of(ran.code());
    }
    if (recorder.items().isEmpty()) {
      throw CommandFailure.usage(command.getFirst() + ": signed nothing, so there is no request");
    }
    var request = recorder.request(command, now, Times.ofContent());
    var bytes = request.encode();
    Outputs.write(target.path(), bytes, target.force());
    var report =
        new Report(
            "trustme/made-request/1",
            target.path().toString(),
            SigningRequest.digest(bytes),
            request.signers().stream().map(SigningRequest.Signer::fingerprint).toList(),
            request.items().size());
    output.result(report, report::text);
    return ExitCode.ACCEPTED;
  }
}
