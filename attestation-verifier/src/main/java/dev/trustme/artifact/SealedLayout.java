// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.oci.FolderFiles;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.OciManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sealed container as an OCI image layout, so that a registry carries it: one manifest of the
 * artifact type {@link #ARTIFACT}, whose two layers are the signed container manifest and the
 * image. Nothing here is trusted: the signed manifest alone says which image it is.
 *
 * @param envelope the signed container manifest, a {@link DsseEnvelope}
 * @param image where the image lies
 */
public record SealedLayout(Bytes envelope, Path image) {
  public static final String ARTIFACT = "application/vnd.trustme.sealed-container";

  /** A DSSE envelope around a container manifest. */
  public static final String ENVELOPE = "application/vnd.trustme.container.dsse+json";

  private static final String WHAT = "sealed container";

  /** The manifest of a sealed container with this envelope and image. */
  public static OciManifest manifest(Bytes envelope, ContainerManifest container) {
    var image = container.image();
    return OciManifest.artifact(
        ARTIFACT,
        OciDescriptor.of(OciDescriptor.EMPTY, OciDescriptor.EMPTY_CONTENT),
        List.of(
            OciDescriptor.of(ENVELOPE, envelope),
            OciDescriptor.of(image.mediaType(), image.sha256(), image.size())),
        Optional.empty(),
        Map.of(
            "org.opencontainers.image.title",
            container.name(),
            "org.opencontainers.image.version",
            Long.toString(container.version())));
  }

  /** Reads the layout in this folder; the image's file is not opened. */
  public static SealedLayout open(Path folder) throws IOException, FormatException {
    if (!Files.isDirectory(folder)) {
      Inputs.requireReadable(folder);
      throw new FormatException(WHAT, 0, "is no folder").in(folder.toString());
    }
    var files = new FolderFiles(folder);
    var manifest = only(files);
    var types = manifest.layers().stream().map(OciDescriptor::mediaType).toList();
    if (!types.equals(List.of(ENVELOPE, ContainerManifest.Image.SQUASHFS_VERITY))) {
      throw new FormatException(
              WHAT, 0, "expected the layers envelope and image, found " + String.join(", ", types))
          .in(folder.toString());
    }
    var image = OciFiles.blobName(manifest.layers().getLast());
    if (!files.has(image)) {
      Inputs.requireReadable(files.file(image));
      throw new FormatException(WHAT, 0, "the image is no file").in(files.path(image));
    }
    return new SealedLayout(files.blob(manifest.layers().getFirst()), files.file(image));
  }

  private static OciManifest only(FolderFiles files) throws IOException, FormatException {
    List<OciManifest> found = new ArrayList<>();
    for (var entry : LayoutFile.index(files).manifests()) {
      if (!entry.mediaType().equals(OciDescriptor.MANIFEST)) {
        continue;
      }
      var content = files.blob(entry);
      try {
        var manifest = OciManifest.parse(content);
        if (manifest.artifactType().equals(Optional.of(ARTIFACT))) {
          found.add(manifest);
        }
      } catch (FormatException e) {
        throw e.in(files.path(OciFiles.blobName(entry)));
      }
    }
    if (found.size() != 1) {
      throw new FormatException(
              WHAT,
              0,
              "expected one manifest of type %s, found %d".formatted(ARTIFACT, found.size()))
          .in(files.folder().toString());
    }
    return found.getFirst();
  }
}
