// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.SignedImage;
import dev.trustme.artifact.SigstoreScheme;
import dev.trustme.bytes.FormatException;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.TarFiles;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.util.Optional;

/**
 * Would a host that wants images signed run this one? File image: an OCI layout as a tar archive;
 * context as: cosign, with the file key and context reference; sigstore, with the file key;
 * notation, with the file roots and context at. Context platform asks for one of several.
 */
final class ImageFamily {
  private ImageFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var platform =
        input.tells("platform") ? Optional.of(input.context("platform")) : Optional.<String>empty();
    try (var files = TarFiles.open(input.path("image"))) {
      var image = SignedImage.open(files, new ImageChoice(Optional.empty(), platform));
      return Outcome.inWords(
          switch (input.context("as")) {
            case "cosign" ->
                image.cosign(
                    input.context("reference"), SigstoreScheme.publicKey(input.file("key")));
            case "sigstore" -> image.sigstore(SigstoreScheme.publicKey(input.file("key")));
            case "notation" ->
                image.notation(
                    new PathValidator(input.roots(), input.at()), PathPolicy.of(Role.CONTAINER));
            default -> throw new IllegalStateException("as " + input.context("as"));
          });
    }
  }
}
