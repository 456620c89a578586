// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.SealedLayout;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.Subject;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciIndex;
import dev.trustme.sign.ContainerConfig;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a sealed container: an image as one squashfs behind dm-verity, and the signed manifest that
 * says what it is and how it runs, both in an OCI layout. The device never unpacks an archive.
 */
public final class ContainerSealer {
  private static final String SPOOL = ".spool";
  private static final String IMAGE = ".image";
  private static final String BLOBS = "blobs/sha256";

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
  public ContainerManifest seal(SourceImage source, ContainerConfig config, Path folder)
      throws IOException, FormatException {
    manifest(source, config, NOTHING_YET); // Mistakes show before the long work.
    Path image = Files.createDirectories(folder.resolve(BLOBS)).resolve(IMAGE);
    try (var flat = FlatImage.of(source, folder.resolve(SPOOL))) {
      squashfs.ofTarWithOwners(flat::writeTo, image);
    }
    SealedImage sealed;
    try (var channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      sealed = SealedImage.seal(channel);
    }
    Files.move(image, image.resolveSibling(sealed.sha256().hex()));
    var manifest = manifest(source, config, imageOf(sealed));
    var about = key.about(subject(manifest));
    var envelope =
        new DsseSigner(about.key(), about.chain()).sign(DsseEnvelope.CONTAINER, manifest.encode());
    writeLayout(folder, envelope.encode(), manifest);
    return manifest;
  }

  private static void writeLayout(Path folder, Bytes envelope, ContainerManifest manifest)
      throws IOException {
    var artifact = SealedLayout.manifest(envelope, manifest).encode();
    for (var blob : List.of(envelope, OciDescriptor.EMPTY_CONTENT, artifact)) {
      Path name = folder.resolve(BLOBS).resolve(HashAlgorithm.SHA256.digest(blob).hex());
      Files.write(name, blob.toArray());
    }
    var entry =
        OciDescriptor.of(OciDescriptor.MANIFEST, artifact)
            .typed(SealedLayout.ARTIFACT)
            .annotated(OciDescriptor.REF_NAME, Long.toString(manifest.version()));
    Files.write(folder.resolve(LayoutFile.NAME), LayoutFile.content().toArray());
    Files.write(
        folder.resolve(LayoutFile.INDEX_NAME), OciIndex.of(List.of(entry)).encode().toArray());
  }

  private static Subject subject(ContainerManifest manifest) {
    return new Subject(
        ArtifactKind.CONTAINER_MANIFEST,
        manifest.name() + " " + manifest.version(),
        manifest.digest(),
        Map.of(
            "platform", manifest.platform(),
            "args", String.join(" ", manifest.launch().args()),
            "root-hash", manifest.image().verity().rootHash().toString(),
            "not-after", manifest.notAfter().toString()));
  }

  private static String platform(Optional<String> image, Optional<String> wanted) {
    if (image.isPresent() && wanted.isPresent() && !image.equals(wanted)) {
      throw new IllegalArgumentException(
          "platform: the image is for %s, not %s".formatted(image.get(), wanted.get()));
    }
    return image
        .or(() -> wanted)
        .orElseThrow(() ->
            new IllegalArgumentException("platform: is missing, and a root says nothing of it"));
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
      SourceImage source, ContainerConfig config, ContainerManifest.Image image)
      throws FormatException {
    try {
      String platform = platform(source.platform(), config.platform());
      return new ContainerManifest(
          ContainerManifest.SCHEMA,
          config.name(),
          config.version(),
          platform,
          image,
          config.launch().complete(source.defaults()),
          config.secondFactor(),
          config.targets(),
          config.notAfter(),
          new ContainerManifest.Requirements(config.contentMode()));
    } catch (IllegalArgumentException e) {
      throw new FormatException("container configuration", 0, String.valueOf(e.getMessage()));
    }
  }
}
