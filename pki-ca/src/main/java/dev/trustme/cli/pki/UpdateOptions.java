// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiSession;
import dev.trustme.issue.PlatformUpdate;
import dev.trustme.issue.SigningLog;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code update} and {@code revoke} share: a signed change of the PKI folder. */
final class UpdateOptions {
  @Mixin private PkiChange change = new PkiChange();

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

  private final List<Outputs.Staged> staged = new ArrayList<>();

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
      Optional<Digest> log,
      @JsonIgnore KeyDatabase.Difference difference)
      implements PkiChange.Report {
    @Override
    public Report committed(SigningLog.Head head) {
      return new Report(
          schema,
          variable,
          time,
          entries,
          added,
          removed,
          true,
          files,
          Optional.of(head.digest()),
          difference);
    }

    @Override
    public String text() {
      var text = new StringBuilder();
      text.append(
          "%s  %s, %d added, %d removed, time stamp %s"
              .formatted(variable, SecureBootReport.count(entries), added, removed, time));
      difference.removed().forEach(e -> line(text, "- ", e));
      difference.added().forEach(e -> line(text, "+ ", e));
      files.forEach(f -> text.append("\n  ").append(f));
      log.ifPresent(d -> text.append("\nlog head ").append(d.hex()));
      return text.toString();
    }

    private static void line(StringBuilder text, String mark, KeyDatabase.Entry entry) {
      text.append("\n  ").append(mark).append(SecureBootReport.Line.of(entry).text());
    }
  }

  /** What becomes of a database. */
  @FunctionalInterface
  interface Change {
    KeyDatabase apply(PkiFolder folder, KeyDatabase current) throws IOException, FormatException;
  }

  Output output() {
    return change.output();
  }

  ExitCode run(SignatureVariable variable, Change wanted)
      throws IOException, FormatException, GeneralSecurityException {
    for (Path file : new Path[] {target, append}) {
      if (file != null) {
        Outputs.requireAbsent(file, force);
      }
    }
    try {
      return change.make(session -> sign(session, variable, wanted), this::publish);
    } finally {
      for (var each : staged) {
        each.close();
      }
    }
  }

  private Report sign(PkiSession session, SignatureVariable variable, Change wanted)
      throws IOException, FormatException, GeneralSecurityException {
    var current = PlatformUpdate.content(session.folder(), variable);
    var next = wanted.apply(session.folder(), current);
    var difference = current.difference(next);
    requireChange(variable, next, difference);
    var update = new PlatformUpdate(session);
    var stored = stored(variable);
    var signed =
        variable == SignatureVariable.PK
            ? update.once(variable, next, stored)
            : update.set(variable, next, stored);
    stage(target, signed);
    if (append != null) {
      stage(append, update.append(variable, current.additions(next)));
    }
    return new Report(
        "trustme/secure-boot-update/1",
        variable.name(),
        signed.timeStamp().toInstant(),
        next.entries().size(),
        difference.added().size(),
        difference.removed().size(),
        false,
        files(session.folder(), variable),
        Optional.empty(),
        difference);
  }

  /** The outputs appear when the folder and its log hold the update, and not before. */
  private void publish() throws IOException {
    for (var each : staged) {
      each.commit();
    }
  }

  private void stage(@Nullable Path file, AuthenticatedVariable update) throws IOException {
    if (file != null && !change.dryRun()) {
      var output = Outputs.stage(file, Outputs.SHARED, force);
      staged.add(output);
      output.write(update.encode().buffer());
    }
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

  private List<String> files(PkiFolder folder, SignatureVariable variable) {
    List<String> files = new ArrayList<>();
    if (variable != SignatureVariable.PK) {
      files.add(folder.secureBootFile(variable + ".auth").toString());
    }
    if (target != null) {
      files.add(target.toString());
    }
    if (append != null) {
      files.add(append.toString());
    }
    return files;
  }
}
