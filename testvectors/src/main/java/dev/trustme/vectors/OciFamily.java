// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.image.SourceImage;
import dev.trustme.oci.ImageChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Could this image be sealed? File image: an OCI layout or docker archive as a tar archive, or the
 * archive of a root; context tag and platform, where one is chosen. Accepted if every digest and
 * size fits and the layers lie over each other without reaching out.
 */
final class OciFamily {
  private OciFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var wanted = new ImageChoice(optional(input, "tag"), optional(input, "platform"));
    Path scratch = Files.createTempDirectory("oci");
    try (var image = SourceImage.open(input.path("image"), wanted)) {
      image.check(scratch.resolve("spool"));
      return Outcome.ACCEPTED;
    } finally {
      Files.deleteIfExists(scratch.resolve("spool"));
      Files.delete(scratch);
    }
  }

  private static Optional<String> optional(VectorInput input, String key) {
    return input.tells(key) ? Optional.of(input.context(key)) : Optional.empty();
  }
}
