// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.DsseSigner;
import dev.trustme.sign.ContainerConfig;
import dev.trustme.sign.RoleKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes a sealed container: the image of an OCI layout as one squashfs behind dm-verity, and the
 * signed manifest that says what it is and how it runs. The device never unpacks an archive.
 */
public final class ContainerSealer {
  private static final String SPOOL = ".spool";

  private static final ContainerManifest.Image NOTHING_YET =
      new ContainerManifest.Image(
          ContainerManifest.Image.SQUASHFS_VERITY,
          4L * ContainerManifest.Verity.BLOCK_SIZE,
          Digest.zero(HashAlgorithm.SHA256),
          new ContainerManifest.Verity(Digest.zero(HashAlgorithm.SHA256), Bytes.empty(), 2, 3));

  private final RoleKey key;
  private final Squashfs squashfs;

  public ContainerSealer(RoleKey key, Squashfs squashfs) {
    this.key = key;
    this.squashfs = squashfs;
  }

  /** Fills the folder; {@code config} errors are malformed. */
  public ContainerManifest seal(OciLayout layout, ContainerConfig config, Path folder)
      throws IOException, FormatException {
    manifest(layout, config, NOTHING_YET); // Mistakes show before the long work.
    Path image = folder.resolve(ContainerManifest.IMAGE_FILE);
    try (var flat = FlatImage.of(layout, folder.resolve(SPOOL))) {
      squashfs.ofTarWithOwners(flat::writeTo, image);
    }
    SealedImage sealed;
    try (var channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      sealed = SealedImage.seal(channel);
    }
    var manifest = manifest(layout, config, imageOf(sealed));
    var envelope =
        new DsseSigner(key.key(), key.chain()).sign(DsseEnvelope.CONTAINER, manifest.encode());
    Files.write(folder.resolve(ContainerManifest.MANIFEST_FILE), envelope.encode().toArray());
    return manifest;
  }

  private static ContainerManifest.Image imageOf(SealedImage sealed) {
    var superblock = sealed.tree().superblock();
    return new ContainerManifest.Image(
        ContainerManifest.Image.SQUASHFS_VERITY,
        sealed.size(),
        sealed.sha256(),
        new ContainerManifest.Verity(
            sealed.tree().root(),
            superblock.salt(),
            superblock.dataBlocks(),
            sealed.tree().hashStart()));
  }

  private static ContainerManifest manifest(
      OciLayout layout, ContainerConfig config, ContainerManifest.Image image)
      throws FormatException {
    try {
      String platform = layout.config().platform();
      if (!config.platform().orElse(platform).equals(platform)) {
        throw new IllegalArgumentException(
            "platform: the image is for %s, not %s"
                .formatted(platform, config.platform().orElseThrow()));
      }
      return new ContainerManifest(
          ContainerManifest.SCHEMA,
          config.name(),
          config.version(),
          platform,
          image,
          config.launch().complete(layout.config().defaults()),
          config.notAfter(),
          new ContainerManifest.Requirements(config.contentMode()));
    } catch (IllegalArgumentException e) {
      throw new FormatException("container configuration", 0, String.valueOf(e.getMessage()));
    }
  }
}
