// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.OciIndex;
import dev.trustme.oci.OciManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image in an OCI image layout, read with every digest and size checked on the bytes that are
 * then used: index, manifest, configuration; the layers when they are flattened. An image of
 * several platforms is an index in the layout's index, and no deeper; nothing is foreign.
 */
final class OciLayout {
  private final OciFiles files;
  private final ImageChoice wanted;

  private OciLayout(OciFiles files, ImageChoice wanted) {
    this.files = files;
    this.wanted = wanted;
  }

  /** The image that is wanted, or the only one. */
  static SourceImage open(OciFiles files, ImageChoice wanted) throws IOException, FormatException {
    return new OciLayout(files, wanted).open();
  }

  private SourceImage open() throws IOException, FormatException {
    var top = wanted.top(files, LayoutFile.index(files));
    if (top.mediaType().equals(OciDescriptor.INDEX)) {
      var index = index(top);
      var chosen = wanted.ofPlatform(files, index.manifests());
      List<OciDescriptor> signable = new ArrayList<>(List.of(top.bare()));
      for (var each : index.manifests()) {
        requireImage(each);
        if (ImageChoice.isImage(each)) {
          signable.add(each.bare());
        }
      }
      return image(chosen, signable);
    }
    return image(top, List.of(top.bare()));
  }

  private OciIndex index(OciDescriptor descriptor) throws IOException, FormatException {
    return parse(descriptor, OciIndex::parse);
  }

  private SourceImage image(OciDescriptor descriptor, List<OciDescriptor> signable)
      throws IOException, FormatException {
    if (!descriptor.mediaType().equals(OciDescriptor.MANIFEST)) {
      throw malformed("OCI index", "an index in an index in the layout's index");
    }
    var manifest = parse(descriptor, OciManifest::parse);
    requireConfigType(manifest);
    var config = parse(manifest.config(), c -> Json.read(c, OciConfig.class, "OCI config"));
    if (config.rootfs().diffIds().size() != manifest.layers().size()) {
      throw malformed(
          "OCI image",
          "%d layers, but %d diff_ids"
              .formatted(manifest.layers().size(), config.rootfs().diffIds().size()));
    }
    var platform = descriptor.platform().map(OciDescriptor.Platform::name);
    if (platform.filter(p -> !p.equals(config.platform())).isPresent()) {
      throw malformed(
          "OCI image",
          "the index says %s, the configuration %s"
              .formatted(platform.orElseThrow(), config.platform()));
    }
    List<OciLayer> layers = new ArrayList<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      layers.add(OciLayer.of(files, manifest.layers().get(i), config.rootfs().diffIds().get(i)));
    }
    return new SourceImage(files, Optional.of(config), layers, signable);
  }

  private void requireConfigType(OciManifest manifest) throws FormatException {
    if (!manifest.config().mediaType().equals(OciDescriptor.CONFIG)) {
      throw malformed(
          "OCI manifest",
          "config: expected %s, found %s"
              .formatted(OciDescriptor.CONFIG, manifest.config().mediaType()));
    }
  }

  /** A manifest whose index is signed is complete. */
  private void requireImage(OciDescriptor descriptor) throws IOException, FormatException {
    if (!descriptor.mediaType().equals(OciDescriptor.MANIFEST)) {
      throw malformed("OCI index", "an index in an index in the layout's index");
    }
    files.requireComplete(descriptor);
  }

  /** Bytes to a document. */
  private interface Parser<T> {
    T parse(Bytes json) throws FormatException;
  }

  private <T> T parse(OciDescriptor descriptor, Parser<T> parser)
      throws IOException, FormatException {
    var content = files.blob(descriptor);
    try {
      return parser.parse(content);
    } catch (FormatException e) {
      throw e.in(files.path(OciFiles.blobName(descriptor)));
    }
  }

  private FormatException malformed(String structure, String problem) {
    return new FormatException(structure, 0, problem).in(files.path(LayoutFile.INDEX_NAME));
  }
}
