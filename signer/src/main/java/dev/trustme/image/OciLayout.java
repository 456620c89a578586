// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.OciIndex;
import dev.trustme.oci.OciManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image in an OCI image layout, read with every digest and size checked on the bytes that are
 * then used: index, manifest, configuration; the layers when they are flattened. An image of
 * several platforms is an index in the layout's index, and no deeper; nothing is foreign.
 */
final class OciLayout {
  /** Tags of what belongs to another manifest: signatures, attestations, lists of them. */
  private static final Pattern BELONGS =
      Pattern.compile("sha(256|512)-[0-9a-f]{64,128}(\\.(sig|att|sbom))?");

  private static final String UNKNOWN = "unknown/unknown";

  private final OciFiles files;
  private final SourceImage.Wanted wanted;

  private OciLayout(OciFiles files, SourceImage.Wanted wanted) {
    this.files = files;
    this.wanted = wanted;
  }

  /** The image that is wanted, or the only one. */
  static SourceImage open(OciFiles files, SourceImage.Wanted wanted)
      throws IOException, FormatException {
    return new OciLayout(files, wanted).open();
  }

  private SourceImage open() throws IOException, FormatException {
    var top = top(LayoutFile.index(files));
    if (top.mediaType().equals(OciDescriptor.INDEX)) {
      var index = index(top);
      var chosen = choose(index.manifests(), "index");
      List<OciDescriptor> signable = new ArrayList<>(List.of(top.bare()));
      for (var each : index.manifests()) {
        requireImage(each);
        if (!platform(each).equals(Optional.of(UNKNOWN))) {
          signable.add(each.bare());
        }
      }
      return image(chosen, signable);
    }
    return image(top, List.of(top.bare()));
  }

  private OciDescriptor top(OciIndex index) throws FormatException {
    var candidates =
        index.manifests().stream()
            .filter(m -> m.artifactType().isEmpty() && !belongs(m))
            .filter(m -> wanted.tag().isEmpty() || wanted.tag().equals(m.tag()))
            .toList();
    return candidates.size() > 1 && wanted.platform().isPresent()
        ? choose(candidates, "index")
        : only(candidates, wanted.tag().map(t -> " with tag " + t).orElse(""));
  }

  private static boolean belongs(OciDescriptor manifest) {
    return manifest.tag().map(tag -> BELONGS.matcher(tag).matches()).orElse(false);
  }

  /** Of several platforms: the one that is wanted, or the only one. */
  private OciDescriptor choose(List<OciDescriptor> manifests, String where) throws FormatException {
    var candidates =
        manifests.stream()
            .filter(m ->
                wanted.platform().isPresent()
                    ? wanted.platform().equals(platform(m))
                    : !platform(m).equals(Optional.of(UNKNOWN)))
            .toList();
    return only(
        candidates,
        wanted
            .platform()
            .map(p -> " for " + p)
            .orElse(" in the %s; name a platform".formatted(where)));
  }

  private OciDescriptor only(List<OciDescriptor> candidates, String which) throws FormatException {
    if (candidates.size() != 1) {
      throw new FormatException(
              "OCI index",
              0,
              "expected one manifest%s, found %d".formatted(which, candidates.size()))
          .in(files.path(LayoutFile.INDEX_NAME));
    }
    var chosen = candidates.getFirst();
    if (!chosen.mediaType().equals(OciDescriptor.MANIFEST)
        && !chosen.mediaType().equals(OciDescriptor.INDEX)) {
      throw new FormatException("OCI index", 0, "unknown media type " + chosen.mediaType())
          .in(files.path(LayoutFile.INDEX_NAME));
    }
    return chosen;
  }

  private static Optional<String> platform(OciDescriptor manifest) {
    return manifest.platform().map(OciDescriptor.Platform::name);
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
    if (platform(descriptor).filter(p -> !p.equals(config.platform())).isPresent()) {
      throw malformed(
          "OCI image",
          "the index says %s, the configuration %s"
              .formatted(platform(descriptor).orElseThrow(), config.platform()));
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

  /** A manifest whose index is signed is complete: each blob is there and is the described one. */
  private void requireImage(OciDescriptor descriptor) throws IOException, FormatException {
    if (!descriptor.mediaType().equals(OciDescriptor.MANIFEST)) {
      throw malformed("OCI index", "an index in an index in the layout's index");
    }
    var manifest = parse(descriptor, OciManifest::parse);
    OciLayer.requireBlob(files, manifest.config());
    for (var layer : manifest.layers()) {
      OciLayer.requireBlob(files, layer);
    }
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
