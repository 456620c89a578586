// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.audit.FolderAudit;
import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.CeremonyScript;
import dev.trustme.ceremony.Transcript;
import dev.trustme.ceremony.Transcript.Mode;
import dev.trustme.ceremony.TranscriptVerifier;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki ceremony verify}: whether a transcript tells what was done. */
@Command(
    name = "verify",
    description = {
      "Verify a ceremony's transcript: signature, completeness, order, confirmations, files.",
      "",
      "The root (--root) is one whose fingerprint was read aloud in the ceremony; without it the"
          + " folder's own roots count, which shows mistakes but no forged folder. Exit code 1, with"
          + " the reasons, if it is refused."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki ceremony verify ceremony/transcript.json --folder ceremony --root root.pem"
    },
    mixinStandardHelpOptions = true)
final class CeremonyVerifyCommand implements Callable<ExitCode> {
  private static final long MAX_BYTES = 64 << 20;

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "TRANSCRIPT", description = "The signed transcript.")
  private @Nullable Path transcript;

  @Option(names = "--folder", paramLabel = "DIR", description = "The folder of the ceremony.")
  private @Nullable Path folder;

  @Option(
      names = "--root",
      paramLabel = "CERT",
      description = "The root above the transcript's signer (PEM or DER).")
  private List<Path> roots = new ArrayList<>();

  @Option(names = "--rehearsal", description = "Expect the transcript of a rehearsal.")
  private boolean rehearsal;

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String transcript,
      String verdict,
      Optional<Transcript> ceremony,
      List<Check> checks) {
    private static final String SCHEMA = "trustme/ceremony-verdict/1";

    String text(Output output) {
      var text = new StringBuilder();
      if (ceremony.isPresent()) {
        text.append(
            "%s  %s   %d steps, %s to %s%n"
                .formatted(
                    transcript,
                    output.good("accepted"),
                    ceremony.get().steps().size(),
                    ceremony.get().started(),
                    ceremony.get().ended()));
      } else {
        text.append("%s  %s%n".formatted(transcript, output.bad("REJECTED")));
      }
      for (Check check : checks) {
        text.append(
            check.failed()
                ? AuditReport.failure(check)
                : "  %-22s %s%n".formatted(check.id(), check.seen()));
      }
      return text.toString();
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path file = requireNonNull(transcript);
    DsseEnvelope envelope;
    Verdict<Transcript> verdict;
    try {
      envelope = DsseEnvelope.parse(Inputs.read(file, MAX_BYTES));
      var mode = rehearsal ? Mode.REHEARSAL : Mode.CEREMONY;
      verdict =
          new TranscriptVerifier(anchors(envelope), mode)
              .verify(envelope, Optional.ofNullable(folder));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
    Optional<Transcript> accepted =
        verdict instanceof Verdict.Accepted<Transcript> a
            ? Optional.of(a.value())
            : Optional.empty();
    var report =
        new Report(
            Report.SCHEMA,
            file.toString(),
            accepted.isPresent() ? "accepted" : "rejected",
            accepted,
            verdict.checks());
    output.result(report, () -> report.text(output));
    return accepted.isPresent() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private TrustStore anchors(DsseEnvelope envelope) throws IOException, FormatException {
    if (!roots.isEmpty()) {
      return TrustStore.load(roots);
    }
    if (folder == null) {
      throw CommandFailure.usage(
          "name the root (--root CERT), or the ceremony's folder (--folder)");
    }
    var told = Transcript.parse(envelope.payload());
    var script = CeremonyScript.parse(dev.trustme.bytes.Bytes.utf8(told.script()));
    return FolderAudit.roots(PkiFolder.open(folder.resolve(script.transcript().pki())));
  }
}
