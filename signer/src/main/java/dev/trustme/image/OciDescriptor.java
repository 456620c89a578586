// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Map;
import java.util.Optional;

/**
 * A content descriptor: OCI Image Format 1.1, "Content Descriptors". Size in bytes. Content that
 * lies elsewhere ({@code urls}) or inside ({@code data}) is refused.
 */
record OciDescriptor(
    @JsonProperty("mediaType") String mediaType,
    @JsonProperty("digest") Digest digest,
    @JsonProperty("size") long size,
    @JsonProperty("artifactType") Optional<String> artifactType,
    @JsonProperty("annotations") Optional<Map<String, String>> annotations,
    @JsonProperty("platform") Optional<Platform> platform) {
  static final String INDEX = "application/vnd.oci.image.index.v1+json";
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  OciDescriptor {
    if (digest.algorithm() != HashAlgorithm.SHA256 && digest.algorithm() != HashAlgorithm.SHA512) {
      throw new IllegalArgumentException("digest: expected sha256 or sha512, found " + digest);
    }
    if (size < 0) {
      throw new IllegalArgumentException("size: expected 0 or more, found " + size);
    }
  }

  /** For which machines; what else it may say is of no concern here. */
  @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
  record Platform(
      @JsonProperty("architecture") String architecture, @JsonProperty("os") String os) {}

  boolean named(String tag) {
    return annotations.map(a -> tag.equals(a.get(REF_NAME))).orElse(false);
  }
}
