// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.GuestConfiguration;
import dev.trustme.artifact.GuestConfiguration.Image;
import dev.trustme.artifact.GuestConfiguration.Mount;
import dev.trustme.artifact.GuestImages;
import dev.trustme.artifact.VeritySuperblock;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Fills in what a configuration tells of its images, as the builder of GyroidOS does, but each
 * image's own root hash into its own mount.
 *
 * @param images the image files
 * @param verity whether to make hash images that are missing; salt and UUID come from the content
 */
public record GuestBuilder(GuestImages images, boolean verity) {
  /** The configuration with sizes and hashes; new hash images are staged, not yet there. */
  public GuestConfiguration fill(GuestConfiguration configuration, List<Outputs.Pending> staged)
      throws IOException, FormatException {
    Map<String, Image> measured = new HashMap<>();
    for (var mount : configuration.mounts()) {
      if (mount.withImage() && !measured.containsKey(mount.imageFile())) {
        measured.put(mount.imageFile(), measure(mount, staged));
      }
    }
    return configuration.with(name -> Objects.requireNonNull(measured.get(name)));
  }

  private Image measure(Mount mount, List<Outputs.Pending> staged)
      throws IOException, FormatException {
    String name = mount.imageFile();
    var image = images.measure(name);
    if (!verity || Files.exists(images.hashImage(name))) {
      return image;
    }
    if (image.size() == 0 || image.size() % VeritySuperblock.BLOCK != 0) {
      throw new FormatException(
              "guest image",
              0,
              "%d bytes are no multiple of %d, so that dm-verity would leave the rest unprotected"
                  .formatted(image.size(), VeritySuperblock.BLOCK))
          .in(images.image(name).toString());
    }
    var tree = tree(name, image);
    var file = Outputs.stage(images.hashImage(name), Outputs.SHARED, false);
    staged.add(file);
    file.write(tree.encode().buffer());
    return new Image(image.size(), image.sha1(), image.sha256(), Optional.of(tree.root().value()));
  }

  private VerityTree tree(String name, Image image) throws IOException {
    var superblock =
        new VeritySuperblock(
            derived("uuid", image).slice(0, 16),
            HashAlgorithm.SHA256,
            image.size() / VeritySuperblock.BLOCK,
            derived("salt", image));
    try (var channel = FileChannel.open(images.image(name), StandardOpenOption.READ)) {
      return VerityTree.compute(channel, superblock);
    }
  }

  private static Bytes derived(String what, Image image) {
    return HashAlgorithm.SHA256
        .digest(Bytes.utf8("trustme guest verity " + what), image.sha256())
        .value();
  }
}
