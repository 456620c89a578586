// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import dev.trustme.bytes.FormatException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which image, where a layout holds several: by tag, by platform ({@code linux/amd64}). What
 * belongs to another manifest, a signature or a list of them, is no image.
 */
public record ImageChoice(Optional<String> tag, Optional<String> platform) {
  /** The only one. */
  public static final ImageChoice ANY = new ImageChoice(Optional.empty(), Optional.empty());

  /** The platform of what an index lists and is no image, such as attestations. */
  private static final String UNKNOWN = "unknown/unknown";

  /** Tags of what belongs to another manifest: signatures, attestations, lists of them. */
  private static final Pattern BELONGS =
      Pattern.compile("sha(256|512)-[0-9a-f]{64,128}(\\.(sig|att|sbom))?");

  /** The entry of a layout's index that is the wanted image, or the index of its platforms. */
  public OciDescriptor top(OciFiles files, OciIndex index) throws FormatException {
    var candidates =
        index.manifests().stream()
            .filter(m -> m.artifactType().isEmpty() && !belongs(m))
            .filter(m -> tag.isEmpty() || tag.equals(m.tag()))
            .toList();
    return candidates.size() > 1 && platform.isPresent()
        ? ofPlatform(files, candidates)
        : only(files, candidates, tag.map(t -> " with tag " + t).orElse(""));
  }

  private static boolean belongs(OciDescriptor manifest) {
    return manifest.tag().map(tag -> BELONGS.matcher(tag).matches()).orElse(false);
  }

  /** Of several platforms: the one that is wanted, or the only one. */
  public OciDescriptor ofPlatform(OciFiles files, List<OciDescriptor> manifests)
      throws FormatException {
    var candidates =
        manifests.stream()
            .filter(m ->
                platform.isPresent()
                    ? platform.equals(m.platform().map(OciDescriptor.Platform::name))
                    : isImage(m))
            .toList();
    return only(
        files, candidates, platform.map(p -> " for " + p).orElse(" in the index; name a platform"));
  }

  /** Whether an index lists this as an image. */
  public static boolean isImage(OciDescriptor manifest) {
    return !manifest.platform().map(OciDescriptor.Platform::name).equals(Optional.of(UNKNOWN));
  }

  private static OciDescriptor only(OciFiles files, List<OciDescriptor> candidates, String which)
      throws FormatException {
    if (candidates.size() != 1) {
      throw malformed(
          files, "expected one manifest%s, found %d".formatted(which, candidates.size()));
    }
    var chosen = candidates.getFirst();
    if (!chosen.mediaType().equals(OciDescriptor.MANIFEST)
        && !chosen.mediaType().equals(OciDescriptor.INDEX)) {
      throw malformed(files, "unknown media type " + chosen.mediaType());
    }
    return chosen;
  }

  private static FormatException malformed(OciFiles files, String problem) {
    return new FormatException("OCI index", 0, problem).in(files.path(LayoutFile.INDEX_NAME));
  }
}
