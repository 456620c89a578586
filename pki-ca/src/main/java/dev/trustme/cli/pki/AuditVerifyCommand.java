// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.audit.Checkpoints;
import dev.trustme.audit.FolderAudit;
import dev.trustme.audit.LogAudit;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki audit verify}: whether a signing log is whole. */
@Command(
    name = "verify",
    description = {
      "Find out whether a signing log was edited, reordered or cut, and where.",
      "",
      "Of a folder, the checkpoints' signatures and the certificates in issued/ are checked too."
          + " A cut end shows against what was kept elsewhere: --head or --checkpoint."
          + " Exit code 1 if anything is wrong, 3 if a line is no entry."
    },
    footer = {
      "",
      "Example, with the line that 'pki init' printed:",
      "  trustme pki audit verify --pki pki --head 9f2c41d0... --entries 12"
    },
    mixinStandardHelpOptions = true)
final class AuditVerifyCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private AuditSource source = new AuditSource();

  @Option(
      names = "--head",
      paramLabel = "HEX",
      description = "A head of this log that was kept elsewhere.")
  private @Nullable String head;

  @Option(
      names = "--entries",
      paramLabel = "N",
      description = "How many entries the log had at that head.")
  private @Nullable Long entries;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "A checkpoint that was kept elsewhere; may be given more than once.")
  private List<Path> checkpoints = new ArrayList<>();

  @Option(
      names = "--log-root",
      paramLabel = "CERT",
      description = "The root of the log key (PEM or DER). Default: the roots in the folder.")
  private List<Path> roots = new ArrayList<>();

  @Override
  public ExitCode call() throws IOException, FormatException {
    var folder = source.folder();
    Path log = source.log();
    var audit = LogAudit.of(log);
    long size = Files.exists(log) ? Files.size(log) : 0;
    audit.progress(done -> output.progress("bytes", done, size));
    kept(audit);
    if (folder.isPresent()) {
      var anchors = roots.isEmpty() ? FolderAudit.roots(folder.get()) : TrustStore.load(roots);
      FolderAudit.add(audit, folder.get(), anchors);
    }
    for (Path each : checkpoints) {
      audit.checkpoint(Checkpoints.read(each), outside());
    }
    return AuditReport.show(output, log, audit.run());
  }

  private void kept(LogAudit audit) {
    if (head == null) {
      if (entries != null) {
        throw CommandFailure.usage("--entries belongs to --head");
      }
      return;
    }
    String hex = head.toLowerCase(Locale.ROOT).replaceFirst("^sha256:", "");
    if (!hex.matches("[0-9a-f]{64}")) {
      throw CommandFailure.usage("--head: expected the 64 hex digits of a head, found " + head);
    }
    var digest = new Digest(HashAlgorithm.SHA256, Bytes.fromHex(hex));
    if (entries == null) {
      audit.kept(digest);
    } else if (entries < 1) {
      throw CommandFailure.usage("--entries: expected 1 or more, found " + entries);
    } else {
      audit.kept(new Head(digest, entries));
    }
  }

  private TrustStore outside() throws IOException, FormatException {
    if (!roots.isEmpty()) {
      return TrustStore.load(roots);
    }
    var folder = source.folder();
    if (folder.isEmpty()) {
      throw CommandFailure.usage("a checkpoint of a log without its folder needs --log-root CERT");
    }
    return FolderAudit.roots(folder.get());
  }
}
