// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image in an OCI image layout folder, read with every digest and size checked on the bytes that
 * are then used: index, manifest, configuration; the layers when they are flattened. One manifest
 * of one platform; no index in an index, no foreign content.
 */
public final class OciLayout {
  private static final long MAX_DOCUMENT = 4 << 20;

  private final Path folder;
  private final OciManifest manifest;
  private final OciConfig config;

  private OciLayout(Path folder, OciManifest manifest, OciConfig config) {
    this.folder = folder;
    this.manifest = manifest;
    this.config = config;
  }

  /** The image with this tag, or the only one. */
  public static OciLayout open(Path folder, Optional<String> tag)
      throws IOException, FormatException {
    if (!Files.isDirectory(folder)) {
      Inputs.requireReadable(folder);
      throw new FormatException("OCI layout", 0, "is no folder").in(folder.toString());
    }
    document(folder.resolve("oci-layout"), OciManifest.LayoutFile.class);
    var index = document(folder.resolve("index.json"), OciManifest.Index.class);
    var chosen = choose(index, tag, folder);
    var manifest = blob(folder, chosen, OciManifest.class);
    var config = blob(folder, manifest.config(), OciConfig.class);
    if (config.rootfs().diffIds().size() != manifest.layers().size()) {
      throw new FormatException(
              "OCI image",
              0,
              "%d layers, but %d diff_ids"
                  .formatted(manifest.layers().size(), config.rootfs().diffIds().size()))
          .in(folder.toString());
    }
    return new OciLayout(folder, manifest, config);
  }

  private static OciDescriptor choose(OciManifest.Index index, Optional<String> tag, Path folder)
      throws FormatException {
    var candidates =
        index.manifests().stream().filter(m -> tag.isEmpty() || m.named(tag.get())).toList();
    if (candidates.size() != 1) {
      throw new FormatException(
              "OCI index",
              0,
              "expected one manifest%s, found %d"
                  .formatted(tag.map(t -> " with tag " + t).orElse(""), candidates.size()))
          .in(folder.toString());
    }
    var chosen = candidates.getFirst();
    if (!chosen.mediaType().equals(OciDescriptor.MANIFEST)) {
      throw new FormatException(
              "OCI index",
              0,
              "expected %s, found %s".formatted(OciDescriptor.MANIFEST, chosen.mediaType()))
          .in(folder.toString());
    }
    return chosen;
  }

  private static <T> T document(Path file, Class<T> type) throws IOException, FormatException {
    try {
      return Json.read(Inputs.read(file, MAX_DOCUMENT), type, "OCI " + file.getFileName());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static <T> T blob(Path folder, OciDescriptor descriptor, Class<T> type)
      throws IOException, FormatException {
    Path file = path(folder, descriptor);
    try {
      if (descriptor.size() > MAX_DOCUMENT) {
        throw new FormatException("OCI document", 0, "larger than " + MAX_DOCUMENT + " bytes");
      }
      Bytes content = Inputs.read(file, MAX_DOCUMENT);
      if (content.size() != descriptor.size()) {
        throw new FormatException(
            "OCI blob", 0, "size %d, expected %d".formatted(content.size(), descriptor.size()));
      }
      var digest = descriptor.digest().algorithm().digest(content);
      if (!digest.equals(descriptor.digest())) {
        throw new FormatException("OCI blob", 0, "digest " + digest + ", expected its name");
      }
      return Json.read(content, type, type == OciManifest.class ? "OCI manifest" : "OCI config");
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /** A digest is an algorithm and hex: its parts are safe as names. */
  private static Path path(Path folder, OciDescriptor descriptor) {
    return folder
        .resolve("blobs")
        .resolve(descriptor.digest().algorithm().label())
        .resolve(descriptor.digest().hex());
  }

  OciConfig config() {
    return config;
  }

  /** The layers, lowest first; a media type that is not understood is malformed. */
  List<OciLayer> layers() throws FormatException {
    List<OciLayer> layers = new ArrayList<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      var descriptor = manifest.layers().get(i);
      layers.add(
          OciLayer.of(path(folder, descriptor), descriptor, config.rootfs().diffIds().get(i)));
    }
    return layers;
  }
}
