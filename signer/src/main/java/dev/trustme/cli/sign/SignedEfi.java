// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Outputs;
import dev.trustme.sign.EfiSigner;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;

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

  Report write(PeImage image, String name, Target target)
      throws IOException, FormatException, GeneralSecurityException {
    try (var key = pki.open(ArtifactKind.EFI_PROGRAM)) {
      var authenticode = image.authenticodeDigest(HashAlgorithm.SHA256);
      var signed = signer(key).sign(image);
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

  /** The signer of a role key, or one line that says why firmware would not verify it. */
  private static EfiSigner signer(RoleKey key) {
    if (!EfiSigner.takes(key)) {
      throw CommandFailure.rejected(
          "the key of %s is not RSA, and firmware verifies RSA signatures only"
              .formatted(key.certificate().getSubject()));
    }
    return new EfiSigner(key);
  }
}
