// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.issue.SigningLog;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Signs EFI programs with one key, a few at a time, and writes them in their order. */
record EfiBatch(PkiKey pki, Carried carried, boolean skipSigned, Output output) {
  private static final int WINDOW = 2 * Runtime.getRuntime().availableProcessors();

  /** What becomes of signatures that a program carries already. */
  enum Carried {
    REFUSE,
    ADD,
    REPLACE
  }

  /**
   * One file. {@code authenticode} is what firmware measures into PCR 4; {@code signatures} is how
   * many the file carries now; {@code action} is signed, added, replaced or skipped.
   */
  record Signed(
      String file,
      String program,
      String action,
      int signatures,
      long size,
      Digest sha256,
      Digest authenticode) {
    private String text() {
      return "%s  %s%s, %d bytes, Authenticode %s"
          .formatted(
              file, action.equals("signed") ? "" : action + ", ", program, size, authenticode);
    }
  }

  /** What {@code --json} prints. */
  record Report(String schema, Digest signer, List<Signed> files) {
    String text() {
      return String.join("\n", files.stream().map(Signed::text).toList())
          + "\n  verify with: trustme verify artifact %s --as uefi --vars OVMF_VARS.fd"
              .formatted(files.getFirst().file());
    }
  }

  /** A file as it was read, and as it shall be. */
  private record Program(Path path, Bytes file, ProgramFile program) {}

  /** A file that is done but for the writing, or why it is not. */
  private sealed interface Outcome {
    record Ready(Path path, Bytes content, Signed signed) implements Outcome {}

    record Unreadable(IOException cause) implements Outcome {}

    record Malformed(FormatException cause) implements Outcome {}

    record Refused(CommandFailure cause) implements Outcome {}
  }

  Report sign(List<Path> files, Destinations.Run run)
      throws IOException, FormatException, GeneralSecurityException {
    List<Signed> signed = new ArrayList<>();
    List<SigningLog.Event> events = new ArrayList<>();
    try (var key = pki.open(ArtifactKind.EFI_PROGRAM)) {
      SignedEfi.signer(key);
      for (int from = 0; from < files.size(); from += WINDOW) {
        var window = files.subList(from, Math.min(from + WINDOW, files.size()));
        for (var outcome : window.parallelStream().map(f -> sign(f, key, run)).toList()) {
          var done = write(ready(outcome), run);
          signed.add(done);
          if (!done.action().equals("skipped")) {
            events.add(event(done, key));
          }
          output.progress("signing", signed.size(), files.size());
        }
      }
      pki.finish(events, run.pending());
      return new Report("trustme/signed-efi/2", key.fingerprint(), signed);
    }
  }

  private static SigningLog.Event event(Signed done, RoleKey key) {
    return SigningLog.Event.signed(
        "sign-efi",
        String.valueOf(Path.of(done.file()).getFileName()),
        key.certificate(),
        done.sha256());
  }

  private Outcome sign(Path path, RoleKey key, Destinations.Run run) {
    try {
      return Inputs.parse(
          path, file -> sign(new Program(path, file, ProgramFile.read(file)), key, run.of(path)));
    } catch (IOException e) {
      return new Outcome.Unreadable(e);
    } catch (FormatException e) {
      return new Outcome.Malformed(e);
    } catch (CommandFailure e) {
      return new Outcome.Refused(e);
    }
  }

  private static Outcome.Ready ready(Outcome outcome) throws IOException, FormatException {
    return switch (outcome) {
      case Outcome.Ready ready -> ready;
      case Outcome.Unreadable unreadable -> throw unreadable.cause();
      case Outcome.Malformed malformed -> throw malformed.cause();
      case Outcome.Refused refused -> throw refused.cause();
    };
  }

  private static Signed write(Outcome.Ready ready, Destinations.Run run) throws IOException {
    boolean kept =
        ready.signed().action().equals("skipped") && run.of(ready.path()).equals(ready.path());
    if (!kept) {
      run.write(ready.path(), ready.content());
    }
    return ready.signed();
  }

  private Outcome.Ready sign(Program given, RoleKey key, Path target) throws FormatException {
    var image = given.program().image();
    var signed = signed(given, key);
    var content = signed.map(given.program()::encode).orElse(given.file());
    int before = image.certificates().size();
    var report =
        new Signed(
            target.toString(),
            given.program().described(),
            signed.isEmpty() ? "skipped" : action(before),
            signed.isEmpty() ? before : carried == Carried.ADD ? before + 1 : 1,
            content.size(),
            HashAlgorithm.SHA256.digest(content),
            image.authenticodeDigest(HashAlgorithm.SHA256));
    return new Outcome.Ready(given.path(), content, report);
  }

  private String action(int before) {
    return before == 0 ? "signed" : carried == Carried.ADD ? "added" : "replaced";
  }

  /** The signed program; empty where this key signed it already and that is enough. */
  private Optional<Bytes> signed(Program given, RoleKey key) throws FormatException {
    PeImage image = given.program().image();
    var name = String.valueOf(given.path().getFileName());
    var signer = SignedEfi.signer(key.about(SignedEfi.subject(name, given.file(), image)));
    if (skipSigned && signer.signed(image)) {
      return Optional.empty();
    }
    if (!image.certificates().isEmpty() && carried == Carried.REFUSE) {
      throw CommandFailure.rejected(
          given.path()
              + ": is signed already; --replace takes that signature off, --add puts another one"
              + " beside it, --skip-signed leaves what this key signed");
    }
    var signed = carried == Carried.ADD ? signer.add(image) : signer.replace(image);
    new SignedEfi(pki, "sign-efi").requireGood(signed, image, key);
    return Optional.of(signed);
  }
}
