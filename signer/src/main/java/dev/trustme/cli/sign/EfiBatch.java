// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
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

/** Signs EFI programs with one key: read and hashed a few at a time, signed one after the other. */
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

  /** A file that was read, or why it was not. */
  private sealed interface Loaded {
    record Program(Path path, Bytes file, ProgramFile program) implements Loaded {}

    record Unreadable(IOException cause) implements Loaded {}

    record Malformed(FormatException cause) implements Loaded {}
  }

  Report sign(List<Path> files, Destinations.Run run)
      throws IOException, FormatException, GeneralSecurityException {
    List<Signed> signed = new ArrayList<>();
    List<SigningLog.Event> events = new ArrayList<>();
    try (var key = pki.open(ArtifactKind.EFI_PROGRAM)) {
      SignedEfi.signer(key);
      for (int from = 0; from < files.size(); from += WINDOW) {
        var window = files.subList(from, Math.min(from + WINDOW, files.size()));
        for (var loaded : window.parallelStream().map(EfiBatch::load).toList()) {
          var done = sign(program(loaded), key, run);
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

  private static Loaded load(Path path) {
    try {
      return NamedInput.read(
          path,
          file -> {
            var program = ProgramFile.read(file);
            program.image().authenticodeDigest(HashAlgorithm.SHA256);
            return new Loaded.Program(path, file, program);
          });
    } catch (IOException e) {
      return new Loaded.Unreadable(e);
    } catch (FormatException e) {
      return new Loaded.Malformed(e);
    }
  }

  private static Loaded.Program program(Loaded loaded) throws IOException, FormatException {
    return switch (loaded) {
      case Loaded.Program program -> program;
      case Loaded.Unreadable unreadable -> throw unreadable.cause();
      case Loaded.Malformed malformed -> throw malformed.cause();
    };
  }

  private Signed sign(Loaded.Program loaded, RoleKey key, Destinations.Run run)
      throws IOException, FormatException {
    try {
      var image = loaded.program().image();
      var signed = signed(loaded, key);
      var content = signed.map(loaded.program()::encode).orElse(loaded.file());
      boolean kept = signed.isEmpty() && run.of(loaded.path()).equals(loaded.path());
      if (!kept) {
        run.write(loaded.path(), content);
      }
      int before = image.certificates().size();
      return new Signed(
          run.of(loaded.path()).toString(),
          loaded.program().described(),
          signed.isEmpty() ? "skipped" : action(before),
          signed.isEmpty() ? before : carried == Carried.ADD ? before + 1 : 1,
          content.size(),
          HashAlgorithm.SHA256.digest(content),
          image.authenticodeDigest(HashAlgorithm.SHA256));
    } catch (FormatException e) {
      throw e.in(loaded.path().toString());
    }
  }

  private String action(int before) {
    return before == 0 ? "signed" : carried == Carried.ADD ? "added" : "replaced";
  }

  /** The signed program; empty where this key signed it already and that is enough. */
  private Optional<Bytes> signed(Loaded.Program loaded, RoleKey key) throws FormatException {
    PeImage image = loaded.program().image();
    var name = String.valueOf(loaded.path().getFileName());
    var signer = SignedEfi.signer(key.about(SignedEfi.subject(name, loaded.file(), image)));
    if (skipSigned && signer.signed(image)) {
      return Optional.empty();
    }
    if (!image.certificates().isEmpty() && carried == Carried.REFUSE) {
      throw CommandFailure.rejected(
          loaded.path()
              + ": is signed already; --replace takes that signature off, --add puts another one"
              + " beside it, --skip-signed leaves what this key signed");
    }
    var signed = carried == Carried.ADD ? signer.add(image) : signer.replace(image);
    new SignedEfi(pki, "sign-efi").requireGood(signed, key);
    return Optional.of(signed);
  }
}
