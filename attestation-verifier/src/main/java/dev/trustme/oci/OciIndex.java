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
 * An image index, also as a layout's {@code index.json}: OCI Image Format 1.1, "Image Index
 * Specification".
 */
public record OciIndex(
    @JsonProperty("schemaVersion") int schemaVersion,
    @JsonProperty("mediaType") Optional<String> mediaType,
    @JsonProperty("artifactType") Optional<String> artifactType,
    @JsonProperty("manifests") List<OciDescriptor> manifests,
    @JsonProperty("subject") Optional<OciDescriptor> subject,
    @JsonProperty("annotations") Optional<Map<String, String>> annotations) {
  private static final int MAX_MANIFESTS = 1024;

  public OciIndex {
    manifests = List.copyOf(manifests);
    require(schemaVersion == 2, "schemaVersion: expected 2, found " + schemaVersion);
    require(
        mediaType.isEmpty() || mediaType.get().equals(OciDescriptor.INDEX),
        "mediaType: expected %s, found %s".formatted(OciDescriptor.INDEX, mediaType.orElse("")));
    require(manifests.size() <= MAX_MANIFESTS, "manifests: more than " + MAX_MANIFESTS);
  }

  public static OciIndex of(List<OciDescriptor> manifests) {
    return new OciIndex(
        2,
        Optional.of(OciDescriptor.INDEX),
        Optional.empty(),
        manifests,
        Optional.empty(),
        Optional.empty());
  }

  /** The same with other manifests. */
  public OciIndex with(List<OciDescriptor> others) {
    return new OciIndex(schemaVersion, mediaType, artifactType, others, subject, annotations);
  }

  public static OciIndex parse(Bytes json) throws FormatException {
    return Json.read(json, OciIndex.class, "OCI index");
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
