// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image manifest: OCI Image Format 1.1, "Image Manifest Specification". A document that is also
 * an index has unknown keys here and is refused.
 */
record OciManifest(
    @JsonProperty("schemaVersion") int schemaVersion,
    @JsonProperty("mediaType") Optional<String> mediaType,
    @JsonProperty("artifactType") Optional<String> artifactType,
    @JsonProperty("config") OciDescriptor config,
    @JsonProperty("layers") List<OciDescriptor> layers,
    @JsonProperty("annotations") Optional<Map<String, String>> annotations) {
  private static final int MAX_LAYERS = 128;

  OciManifest {
    layers = List.copyOf(layers);
    require(schemaVersion == 2, "schemaVersion: expected 2, found " + schemaVersion);
    requireMediaType(mediaType, OciDescriptor.MANIFEST);
    require(
        config.mediaType().equals(OciDescriptor.CONFIG),
        "config: expected " + OciDescriptor.CONFIG + ", found " + config.mediaType());
    require(
        !layers.isEmpty() && layers.size() <= MAX_LAYERS,
        "layers: expected 1 to %d, found %d".formatted(MAX_LAYERS, layers.size()));
  }

  /** {@code index.json}: OCI Image Format 1.1, "Image Index Specification". */
  record Index(
      @JsonProperty("schemaVersion") int schemaVersion,
      @JsonProperty("mediaType") Optional<String> mediaType,
      @JsonProperty("manifests") List<OciDescriptor> manifests,
      @JsonProperty("annotations") Optional<Map<String, String>> annotations) {
    Index {
      manifests = List.copyOf(manifests);
      require(schemaVersion == 2, "schemaVersion: expected 2, found " + schemaVersion);
      requireMediaType(mediaType, OciDescriptor.INDEX);
    }
  }

  /** {@code oci-layout}: OCI Image Format 1.1, "OCI Image Layout Specification". */
  record LayoutFile(@JsonProperty("imageLayoutVersion") String imageLayoutVersion) {
    LayoutFile {
      require(
          imageLayoutVersion.equals("1.0.0"),
          "imageLayoutVersion: expected 1.0.0, found " + imageLayoutVersion);
    }
  }

  private static void requireMediaType(Optional<String> found, String expected) {
    require(
        found.isEmpty() || found.get().equals(expected),
        "mediaType: expected %s, found %s".formatted(expected, found.orElse("")));
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
