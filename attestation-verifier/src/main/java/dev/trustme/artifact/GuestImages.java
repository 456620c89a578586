// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.artifact.GuestConfiguration.Image;
import dev.trustme.artifact.GuestConfiguration.Mount;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The image files of a guest, {@code NAME.img}, and their dm-verity trees, {@code NAME.hash.img}:
 * superblock and tree in a file of their own, as veritysetup writes them.
 *
 * @param folder where they lie
 */
public record GuestImages(Path folder) {
  private static final int READ = 1 << 20;

  public Path image(String name) {
    return folder.resolve(name + ".img");
  }

  public Path hashImage(String name) {
    return folder.resolve(name + ".hash.img");
  }

  /**
   * Size, hashes, and where there is a hash image, the root hash of its tree, which must be that of
   * the image to the last byte.
   */
  public Image measure(String name) throws IOException, FormatException {
    Path file = image(name);
    Inputs.requireReadable(file);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var sha1 = HashAlgorithm.SHA1.newDigest();
      var sha256 = HashAlgorithm.SHA256.newDigest();
      var buffer = ByteBuffer.allocate(READ);
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        sha1.update(buffer.duplicate());
        sha256.update(buffer.duplicate());
        buffer.clear();
      }
      return new Image(
          channel.size(),
          Bytes.copyOf(sha1.digest()),
          Bytes.copyOf(sha256.digest()),
          verityRoot(name, channel));
    }
  }

  private Optional<Bytes> verityRoot(String name, FileChannel image)
      throws IOException, FormatException {
    Path file = hashImage(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var stored = Inputs.read(file);
    try {
      var superblock =
          VeritySuperblock.parse(
              stored.slice(0, Math.min(VeritySuperblock.SIZE, stored.size())).buffer());
      if (superblock.dataSize() != image.size()) {
        throw new FormatException(
            "dm-verity hash image",
            0,
            "covers %d bytes of an image of %d".formatted(superblock.dataSize(), image.size()));
      }
      var tree = VerityTree.compute(image, superblock);
      if (!tree.encode().equals(stored)) {
        throw new FormatException(
            "dm-verity hash image", VeritySuperblock.BLOCK, "is not the tree of the image");
      }
      return Optional.of(tree.root().value());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /** Whether the images are those that the configuration tells of; what it does not tell fails. */
  public List<Check> check(GuestConfiguration configuration) throws IOException, FormatException {
    List<Check> checks = new ArrayList<>();
    for (var mount : configuration.mounts()) {
      if (mount.withImage()) {
        checks.addAll(check(mount, measure(mount.imageFile())));
      }
    }
    return checks;
  }

  private static List<Check> check(Mount mount, Image image) {
    String name = mount.imageFile();
    List<Check> checks = new ArrayList<>();
    checks.add(
        same(
            "image-size",
            name,
            mount.imageSize().map(Long::toUnsignedString),
            Long.toString(image.size())));
    checks.add(same("image-sha256", name, mount.sha256(), image.sha256().hex()));
    if (mount.sha1().isPresent()) {
      checks.add(same("image-sha1", name, mount.sha1(), image.sha1().hex()));
    }
    if (mount.verityRoot().isPresent()) {
      String seen = image.verityRoot().map(Bytes::hex).orElse("no hash image");
      checks.add(same("image-verity", name, mount.verityRoot(), seen));
    }
    return checks;
  }

  private static Check same(String id, String image, Optional<String> expected, String seen) {
    return expected.filter(seen::equalsIgnoreCase).isPresent()
        ? Check.pass(id, image + " " + seen)
        : Check.fail(id, "%s %s".formatted(image, expected.orElse("(not told)")), seen);
  }
}
