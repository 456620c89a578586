// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiTransaction;
import dev.trustme.issue.PlatformUpdate;
import dev.trustme.key.Passphrase;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code update} and {@code revoke} share: a signed change of the PKI folder. */
final class UpdateOptions {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private @Nullable Path pki;

  @Option(
      names = "--after",
      paramLabel = "FILE",
      description =
          "The update (.auth) or variable store that devices have now: the new time stamp is later"
              + " than its.")
  private @Nullable Path after;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the complete update here too, beside the folder's own.")
  private @Nullable Path target;

  @Option(
      names = "--append",
      paramLabel = "FILE",
      description = "Also write an update that only adds the new entries to what a device has.")
  private @Nullable Path append;

  @Option(names = "--force", description = "Replace existing output files.")
  private boolean force;

  @Option(names = "--dry-run", description = "Say what would change; write nothing.")
  private boolean dryRun;

  /** What {@code --json} prints; {@code log} is the head of the signing log afterwards. */
  record Report(
      String schema,
      String variable,
      Instant time,
      int entries,
      int added,
      int removed,
      boolean written,
      List<String> files,
      Optional<Digest> log) {}

  /** What becomes of a database. */
  @FunctionalInterface
  interface Change {
    KeyDatabase apply(PkiFolder folder, KeyDatabase current) throws IOException, FormatException;
  }

  Output output() {
    return output;
  }

  ExitCode run(SignatureVariable variable, Change change)
      throws IOException, FormatException, GeneralSecurityException {
    for (Path file : new Path[] {target, append}) {
      if (file != null) {
        Outputs.requireAbsent(file, force);
      }
    }
    Instant at = times.now();
    try (var transaction = PkiFolder.open(requireNonNull(pki)).begin();
        var passphrase = Passphrase.ask("Passphrase of the PKI", secrets::passphrase)) {
      var current = PlatformUpdate.content(transaction.folder(), variable);
      var next = change.apply(transaction.folder(), current);
      var difference = current.difference(next);
      requireChange(variable, next, difference);
      var update = new PlatformUpdate(transaction, passphrase, at);
      var stored = stored(variable);
      var signed =
          variable == SignatureVariable.PK
              ? update.once(variable, next, stored)
              : update.set(variable, next, stored);
      var appended = append == null ? signed : update.append(variable, current.additions(next));
      var log = dryRun ? Optional.<Digest>empty() : write(transaction, signed, appended, at);
      var report =
          new Report(
              "trustme/secure-boot-update/1",
              variable.name(),
              signed.timeStamp().toInstant(),
              next.entries().size(),
              difference.added().size(),
              difference.removed().size(),
              !dryRun,
              files(transaction, variable),
              log);
      output.result(report, () -> text(report, difference));
    }
    return ExitCode.ACCEPTED;
  }

  /** The outputs appear when the folder and its log hold the update, and not before. */
  private Optional<Digest> write(
      PkiTransaction transaction,
      AuthenticatedVariable signed,
      AuthenticatedVariable appended,
      Instant at)
      throws IOException, FormatException {
    try (var complete = stage(target, signed);
        var added = stage(append, appended)) {
      var head = transaction.commit(at);
      for (var staged : Arrays.asList(complete, added)) {
        if (staged != null) {
          staged.commit();
        }
      }
      return Optional.of(head.digest());
    }
  }

  private Outputs.@Nullable Staged stage(@Nullable Path file, AuthenticatedVariable update)
      throws IOException {
    if (file == null) {
      return null;
    }
    var staged = Outputs.stage(file, Outputs.SHARED, force);
    staged.write(update.encode().buffer());
    return staged;
  }

  private void requireChange(
      SignatureVariable variable, KeyDatabase next, KeyDatabase.Difference difference) {
    if (variable == SignatureVariable.PK) {
      if (target == null || append != null) {
        throw CommandFailure.usage(
            "PK: give -o FILE and no --append; the folder keeps its PK, so this update lies"
                + " outside it");
      }
      return;
    }
    if (difference.isEmpty()) {
      throw CommandFailure.usage("%s holds exactly that already".formatted(variable));
    }
    if (append != null && (!difference.removed().isEmpty() || difference.added().isEmpty())) {
      throw CommandFailure.usage(
          "--append only adds, but this change removes %d entries and adds %d"
              .formatted(difference.removed().size(), difference.added().size()));
    }
    if (next.isEmpty()) {
      throw CommandFailure.usage(
          "%s would be empty, which deletes the variable".formatted(variable));
    }
  }

  private Optional<EfiTime> stored(SignatureVariable variable) throws IOException, FormatException {
    return after == null ? Optional.empty() : SecureBootFiles.read(after).time(variable);
  }

  private List<String> files(PkiTransaction transaction, SignatureVariable variable) {
    List<String> files = new ArrayList<>();
    if (variable != SignatureVariable.PK) {
      files.add(transaction.folder().secureBootFile(variable + ".auth").toString());
    }
    if (target != null) {
      files.add(target.toString());
    }
    if (append != null) {
      files.add(append.toString());
    }
    return files;
  }

  private String text(Report report, KeyDatabase.Difference difference) {
    var text = new StringBuilder();
    text.append(
        "%s  %s, %d added, %d removed, time stamp %s%s%n"
            .formatted(
                report.variable(),
                SecureBootReport.count(report.entries()),
                report.added(),
                report.removed(),
                report.time(),
                dryRun ? " (nothing written: --dry-run)" : ""));
    difference.removed().forEach(e -> line(text, "- ", e));
    difference.added().forEach(e -> line(text, "+ ", e));
    report.files().forEach(f -> text.append("  ").append(f).append('\n'));
    report.log().ifPresent(d -> text.append("log head ").append(d.hex()).append('\n'));
    return text.toString();
  }

  private static void line(StringBuilder text, String mark, KeyDatabase.Entry entry) {
    text.append("  ").append(mark).append(SecureBootReport.Line.of(entry).text()).append('\n');
  }
}
