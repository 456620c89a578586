// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image manifest, which also carries artifacts that are no images: OCI Image Format 1.1, "Image
 * Manifest Specification". A document that is also an index has unknown keys here and is refused.
 */
public record OciManifest(
    @JsonProperty("schemaVersion") int schemaVersion,
    @JsonProperty("mediaType") Optional<String> mediaType,
    @JsonProperty("artifactType") Optional<String> artifactType,
    @JsonProperty("config") OciDescriptor config,
    @JsonProperty("layers") List<OciDescriptor> layers,
    @JsonProperty("subject") Optional<OciDescriptor> subject,
    @JsonProperty("annotations") Optional<Map<String, String>> annotations) {
  private static final int MAX_LAYERS = 128;

  public OciManifest {
    layers = List.copyOf(layers);
    annotations = annotations.map(OciDescriptor::sorted);
    require(schemaVersion == 2, "schemaVersion: expected 2, found " + schemaVersion);
    require(
        mediaType.isEmpty() || mediaType.get().equals(OciDescriptor.MANIFEST),
        "mediaType: expected %s, found %s".formatted(OciDescriptor.MANIFEST, mediaType.orElse("")));
    require(
        !layers.isEmpty() && layers.size() <= MAX_LAYERS,
        "layers: expected 1 to %d, found %d".formatted(MAX_LAYERS, layers.size()));
  }

  /** An artifact of this type without a configuration. */
  public static OciManifest artifact(
      String type,
      OciDescriptor config,
      List<OciDescriptor> layers,
      Optional<OciDescriptor> subject,
      Map<String, String> annotations) {
    return new OciManifest(
        2,
        Optional.of(OciDescriptor.MANIFEST),
        type.isEmpty() ? Optional.empty() : Optional.of(type),
        config,
        layers,
        subject.map(OciDescriptor::bare),
        annotations.isEmpty() ? Optional.empty() : Optional.of(annotations));
  }

  public static OciManifest parse(Bytes json) throws FormatException {
    return Json.read(json, OciManifest.class, "OCI manifest");
  }

  public Bytes encode() {
    return Json.write(this);
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
