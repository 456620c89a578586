// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.AuthenticodeSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Outputs;
import dev.trustme.key.Subject;
import dev.trustme.sign.EfiSigner;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.uefi.EfiProgram;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;

/** Signs an image with the boot role's key, logs it, writes it: the end of two commands. */
record SignedEfi(PkiKey pki, String action) {
  /** What {@code --json} prints; {@code authenticode} is what firmware measures into PCR 4. */
  record Report(
      String schema, String file, long size, Digest sha256, Digest authenticode, Digest signer) {
    String text() {
      return "%s  %d bytes, Authenticode %s\n  verify with: trustme verify artifact %s --as uefi"
          .formatted(file, size, authenticode, file)
          .concat(" --vars OVMF_VARS.fd");
    }
  }

  Report write(PeImage image, String name, Target target, Map<String, String> facts)
      throws IOException, FormatException, GeneralSecurityException {
    try (var key = pki.open(ArtifactKind.EFI_PROGRAM)) {
      var authenticode = image.authenticodeDigest(HashAlgorithm.SHA256);
      var fileName = String.valueOf(target.path().getFileName());
      var subject = subject(fileName, Bytes.copyOf(image.file()), image).with(facts);
      var signed = signer(key.about(subject)).sign(image);
      requireGood(signed, image, key);
      var report =
          new Report(
              "trustme/signed-efi/1",
              target.path().toString(),
              signed.size(),
              HashAlgorithm.SHA256.digest(signed),
              authenticode,
              key.fingerprint());
      write(signed, report, key, target);
      return report;
    } catch (FormatException e) {
      throw e.in(name);
    }
  }

  private void write(Bytes signed, Report report, RoleKey key, Target target)
      throws IOException, FormatException {
    try (var staged = Outputs.stage(target.path(), Outputs.SHARED, target.force())) {
      staged.write(signed.buffer());
      pki.finish(List.of(target.event(action, key, report.sha256())), staged);
    }
  }

  /** What the holder of the key is told of a program; {@code file} is its file as it was given. */
  static Subject subject(String name, Bytes file, PeImage image) throws FormatException {
    return new Subject(ArtifactKind.EFI_PROGRAM, name, file)
        .with(
            Map.of(
                "program",
                EfiProgram.of(image).toString(),
                "authenticode",
                image.authenticodeDigest(HashAlgorithm.SHA256).toString()));
  }

  /** Reads back what was signed from this image; a rehearsal's signature is none. */
  void requireGood(Bytes signed, PeImage image, RoleKey key) throws FormatException {
    if (pki.rehearsing()) {
      return;
    }
    var read = PeImage.parse(signed);
    if (!read.sameProgram(image)) {
      throw new IllegalStateException("signed, and not the program that was given");
    }
    var last = read.certificates().getLast().signedData();
    if (!AuthenticodeSignature.parse(last).isBy(key.certificate(), image)) {
      throw CommandFailure.rejected(
          "the signature does not verify with the certificate of %s: is it the key's?"
              .formatted(key.certificate().getSubject()));
    }
  }

  /** The signer of a role key, or one line that says why firmware would not verify it. */
  static EfiSigner signer(RoleKey key) {
    if (!EfiSigner.takes(key)) {
      throw CommandFailure.rejected(
          "the key of %s is not RSA, and firmware verifies RSA signatures only"
              .formatted(key.certificate().getSubject()));
    }
    return new EfiSigner(key);
  }
}
