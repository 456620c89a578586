// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.Authenticode;
import dev.trustme.artifact.ShimTrust;
import dev.trustme.artifact.ShimVerifier;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SbatRevocations;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * EFI programs: would firmware start the image, or shim (context {@code as} shim)? Files image, db
 * and dbx (EFI_SIGNATURE_LISTs); for shim also mok-list and mok-list-x, and the text sbat-level.
 */
final class AuthenticodeFamily {
  private AuthenticodeFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var database = SignatureDatabase.parse(input.file("db"), input.file("dbx"));
    var image = PeImage.parse(input.file("image"));
    return input.tells("as")
        ? Outcome.of(ShimVerifier.verify(image, shim(input, database)))
        : Outcome.of(Authenticode.verify(image, database));
  }

  private static ShimTrust shim(VectorInput input, SignatureDatabase firmware)
      throws IOException, FormatException {
    return new ShimTrust(
        firmware,
        list(input, "mok-list"),
        list(input, "mok-list-x"),
        Optional.of(SbatRevocations.parse(input.file("sbat-level"))),
        true);
  }

  private static List<SignatureList> list(VectorInput input, String role)
      throws IOException, FormatException {
    return SignatureList.parseDatabase(input.file(role));
  }
}
