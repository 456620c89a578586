// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.audit.AuditedLog;
import dev.trustme.audit.Checkpoints;
import dev.trustme.audit.FolderAudit;
import dev.trustme.audit.SignedCheckpoint;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Role;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki audit checkpoint}: the log key signs how far the log reaches. */
@Command(
    name = "checkpoint",
    description = {
      "Sign how far the signing log reaches, as checkpoints/NNNNNN.json in the PKI folder.",
      "",
      "The log is verified first, as 'audit verify' does: a damaged one gets no checkpoint. Keep a"
          + " copy (-o) where whoever writes the folder does not."
    },
    footer = {"", "Example:", "  trustme pki audit checkpoint --pki pki -o /media/usb/pki-1.json"},
    mixinStandardHelpOptions = true)
final class AuditCheckpointCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private @Nullable Path pki;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write a copy here.")
  private @Nullable Path copy;

  @Option(names = "--force", description = "Replace an existing copy.")
  private boolean force;

  @Option(names = "--dry-run", description = "Verify and say what would be signed; write nothing.")
  private boolean dryRun;

  /** What {@code --json} prints. */
  record Report(String schema, String file, String head, long entries, boolean written) {
    private static final String SCHEMA = "trustme/checkpoint-report/1";

    String text() {
      return "%s  %s %d entries, head %s"
          .formatted(file, written ? "states" : "would state", entries, head);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (copy != null) {
      Outputs.requireAbsent(copy, force);
    }
    var folder = PkiFolder.open(requireNonNull(pki));
    return dryRun ? rehearse(folder) : sign(folder);
  }

  private ExitCode rehearse(PkiFolder folder) throws IOException, FormatException {
    var verdict = FolderAudit.audit(folder);
    if (verdict instanceof Verdict.Accepted<AuditedLog> accepted) {
      show(folder.path().resolve(Checkpoints.FOLDER).toString(), accepted.value().head());
      return ExitCode.ACCEPTED;
    }
    return AuditReport.show(output, folder.log().file(), verdict);
  }

  private ExitCode sign(PkiFolder folder)
      throws IOException, FormatException, GeneralSecurityException {
    try (var passphrase = Passphrase.ask("Passphrase of " + folder.path(), secrets::passphrase);
        var key = folder.key(Role.LOG, passphrase)) {
      var signer = new DsseSigner(key, folder.chain(Role.LOG));
      var verdict = Checkpoints.add(folder, signer, times.now());
      if (!(verdict instanceof Verdict.Accepted<SignedCheckpoint> accepted)) {
        return AuditReport.show(
            output, folder.log().file(), new Verdict.Rejected<>(verdict.checks()));
      }
      var signed = accepted.value();
      if (copy != null) {
        Outputs.write(copy, signed.envelope().encode(), force);
      }
      show(signed.source(), signed.untrusted().reached());
      return ExitCode.ACCEPTED;
    }
  }

  private void show(String file, Head head) {
    var report = new Report(Report.SCHEMA, file, head.digest().hex(), head.entries(), !dryRun);
    output.result(report, report::text);
  }
}
