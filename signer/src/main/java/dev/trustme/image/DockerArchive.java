// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.OciFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image as {@code docker save} and {@code skopeo copy … docker-archive:} write it: {@code
 * manifest.json} names a configuration, whose own digest is its name, and the layers' files, whose
 * digests the configuration holds.
 */
final class DockerArchive {
  static final String MANIFEST = "manifest.json";

  private static final Pattern CONFIG =
      Pattern.compile("(?:blobs/sha256/)?([0-9a-f]{64})(?:\\.json)?");
  private static final int MAX_LAYERS = 128;

  private DockerArchive() {}

  /** An image in {@code manifest.json}. */
  @JsonIgnoreProperties({"Parent", "LayerSources"})
  record Entry(
      @JsonProperty("Config") String config,
      @JsonProperty("RepoTags") Optional<List<String>> repoTags,
      @JsonProperty("Layers") List<String> layers) {
    Entry {
      layers = List.copyOf(layers);
      if (layers.isEmpty() || layers.size() > MAX_LAYERS) {
        throw new IllegalArgumentException(
            "Layers: expected 1 to %d, found %d".formatted(MAX_LAYERS, layers.size()));
      }
    }
  }

  static SourceImage open(OciFiles files, ImageChoice wanted) throws IOException, FormatException {
    var entry = choose(files, wanted);
    var config = config(files, entry.config());
    var diffIds = config.rootfs().diffIds();
    if (diffIds.size() != entry.layers().size()) {
      throw malformed("%d layers, but %d diff_ids".formatted(entry.layers().size(), diffIds.size()))
          .in(files.path(MANIFEST));
    }
    List<OciLayer> layers = new ArrayList<>();
    for (int i = 0; i < diffIds.size(); i++) {
      layers.add(OciLayer.of(files, entry.layers().get(i), Optional.of(diffIds.get(i))));
    }
    return new SourceImage(files, Optional.of(config), layers, List.of());
  }

  private static Entry choose(OciFiles files, ImageChoice wanted)
      throws IOException, FormatException {
    Entry[] entries;
    try {
      entries = Json.read(files.document(MANIFEST), Entry[].class, "docker archive");
    } catch (FormatException e) {
      throw e.in(files.path(MANIFEST));
    }
    var found =
        List.of(entries).stream()
            .filter(
                e -> wanted.tag().map(t -> e.repoTags().orElse(List.of()).contains(t)).orElse(true))
            .toList();
    if (found.size() != 1) {
      throw malformed("expected one image, found %d; name its tag".formatted(found.size()))
          .in(files.path(MANIFEST));
    }
    return found.getFirst();
  }

  private static OciConfig config(OciFiles files, String name) throws IOException, FormatException {
    var digest = CONFIG.matcher(name);
    if (!digest.matches()) {
      throw malformed("the configuration's name is no digest").in(files.path(MANIFEST));
    }
    var content = files.document(name);
    try {
      if (!HashAlgorithm.SHA256.digest(content).value().equals(Bytes.fromHex(digest.group(1)))) {
        throw malformed("the configuration's digest is not its name");
      }
      return Json.read(content, OciConfig.class, "OCI config");
    } catch (FormatException e) {
      throw e.in(files.path(name));
    }
  }

  private static FormatException malformed(String problem) {
    return new FormatException("docker archive", 0, problem);
  }
}
