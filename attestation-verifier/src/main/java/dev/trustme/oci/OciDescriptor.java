// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A content descriptor: OCI Image Format 1.1, "Content Descriptors". Size in bytes. Content that
 * lies elsewhere ({@code urls}) or inside ({@code data}) is refused.
 */
public record OciDescriptor(
    @JsonProperty("mediaType") String mediaType,
    @JsonProperty("digest") Digest digest,
    @JsonProperty("size") long size,
    @JsonProperty("artifactType") Optional<String> artifactType,
    @JsonProperty("annotations") Optional<Map<String, String>> annotations,
    @JsonProperty("platform") Optional<Platform> platform) {
  public static final String INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
  public static final String EMPTY = "application/vnd.oci.empty.v1+json";

  /** The annotation that holds a tag. */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** The content of {@link #EMPTY}. */
  public static final Bytes EMPTY_CONTENT = Bytes.utf8("{}");

  public OciDescriptor {
    annotations = annotations.map(OciDescriptor::sorted);
    if (digest.algorithm() != HashAlgorithm.SHA256 && digest.algorithm() != HashAlgorithm.SHA512) {
      throw new IllegalArgumentException("digest: expected sha256 or sha512, found " + digest);
    }
    if (size < 0) {
      throw new IllegalArgumentException("size: expected 0 or more, found " + size);
    }
  }

  /** By key, so that the same annotations are written the same way. */
  static Map<String, String> sorted(Map<String, String> annotations) {
    return Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** Describes the content by its SHA-256. */
  public static OciDescriptor of(String mediaType, Bytes content) {
    return of(mediaType, HashAlgorithm.SHA256.digest(content), content.size());
  }

  public static OciDescriptor of(String mediaType, Digest digest, long size) {
    return new OciDescriptor(
        mediaType, digest, size, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** For which machines; what else it may say is of no concern here. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Platform(
      @JsonProperty("architecture") String architecture,
      @JsonProperty("os") String os,
      @JsonProperty("variant") Optional<String> variant) {
    /** As manifests write it: {@code linux/amd64}. */
    public String name() {
      return os + "/" + architecture;
    }
  }

  /** The tag, where it has one. */
  public Optional<String> tag() {
    return annotation(REF_NAME);
  }

  public Optional<String> annotation(String key) {
    return annotations.flatMap(all -> Optional.ofNullable(all.get(key)));
  }

  /** The same, with this annotation too. */
  public OciDescriptor annotated(String key, String value) {
    Map<String, String> all = new TreeMap<>(annotations.orElse(Map.of()));
    all.put(key, value);
    return new OciDescriptor(mediaType, digest, size, artifactType, Optional.of(all), platform);
  }

  /** The same, of this artifact type. */
  public OciDescriptor typed(String type) {
    return new OciDescriptor(mediaType, digest, size, Optional.of(type), annotations, platform);
  }

  /** The same content, and nothing else said: as a {@code subject} is written. */
  public OciDescriptor bare() {
    return of(mediaType, digest, size);
  }

  /** Refuses content that is not the described one. */
  public void require(Bytes content) throws FormatException {
    if (content.size() != size) {
      throw new FormatException(
          "OCI blob", 0, "size %d, expected %d".formatted(content.size(), size));
    }
    var seen = digest.algorithm().digest(content);
    if (!seen.equals(digest)) {
      throw new FormatException("OCI blob", 0, "digest " + seen + ", expected its name");
    }
  }
}
