// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiSession;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.Passphrase;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a verb that changes a PKI folder, and the transaction that it does so in. */
final class PkiChange {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private @Nullable Path pki;

  @Option(
      names = "--dry-run",
      description = "Do everything but write, and say what would be written.")
  private boolean dryRun;

  /** What a verb says when it is done. */
  interface Report {
    /** For people: one line for each thing done, and last what to do next. */
    String text();

    /** The same once all is written; the log's head is this. */
    default Report committed(SigningLog.Head head) {
      return this;
    }

    /** Whether anything is to be written at all. */
    default boolean changed() {
      return true;
    }

    default ExitCode exitCode() {
      return ExitCode.ACCEPTED;
    }
  }

  /** A verb's own work. */
  @FunctionalInterface
  interface Work {
    Report on(PkiSession session) throws IOException, FormatException, GeneralSecurityException;
  }

  /** What is published beside the folder once the change is on record. */
  @FunctionalInterface
  interface Publication {
    void publish() throws IOException;
  }

  Output output() {
    return output;
  }

  Secrets secrets() {
    return secrets;
  }

  boolean dryRun() {
    return dryRun;
  }

  /** The moment of the command. */
  Instant at() {
    return times.now();
  }

  Path folder() {
    return requireNonNull(pki);
  }

  /** Works in one transaction and commits it, or with --dry-run drops it. */
  ExitCode make(Work work) throws IOException, FormatException, GeneralSecurityException {
    return make(work, () -> {});
  }

  ExitCode make(Work work, Publication publication)
      throws IOException, FormatException, GeneralSecurityException {
    Instant at = times.now();
    try (var transaction = PkiFolder.open(folder()).begin();
        var passphrase = Passphrase.ask("Passphrase of the PKI", secrets::passphrase)) {
      var session = new PkiSession(transaction, passphrase, at);
      var report = work.on(session);
      if (!dryRun && report.changed()) {
        report = report.committed(transaction.commit(at));
        publication.publish();
      }
      transaction.accepted().forEach(finding -> output.warn("accepted: " + finding));
      tell(report);
      return report.exitCode();
    }
  }

  private void tell(Report report) {
    output.result(report, () -> text(report));
  }

  private String text(Report report) {
    return dryRun ? report.text() + "\nNothing was written (--dry-run)." : report.text();
  }
}
