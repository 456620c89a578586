// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import com.github.luben.zstd.Zstd;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/** An OCI layout as a tar archive, whose parts can each be changed before the next names them. */
final class OciArchive {
  private static final String TYPE = "application/vnd.oci.image.";

  private final List<Bytes> layers = new ArrayList<>();
  private UnaryOperator<String> config = text -> text;
  private UnaryOperator<String> manifest = text -> text;
  private UnaryOperator<String> index = text -> text;
  private UnaryOperator<Bytes> archive = tar -> tar;
  private boolean zstd;
  private String layoutVersion = "1.0.0";

  OciArchive layer(RawTar tar) {
    return layer(tar.end());
  }

  OciArchive layer(Bytes tar) {
    layers.add(tar);
    return this;
  }

  OciArchive zstd() {
    zstd = true;
    return this;
  }

  OciArchive config(UnaryOperator<String> change) {
    config = change;
    return this;
  }

  OciArchive manifest(UnaryOperator<String> change) {
    manifest = change;
    return this;
  }

  OciArchive index(UnaryOperator<String> change) {
    index = change;
    return this;
  }

  OciArchive layoutVersion(String version) {
    layoutVersion = version;
    return this;
  }

  /** Changes the archive's bytes when everything is in it. */
  OciArchive bytes(UnaryOperator<Bytes> change) {
    archive = change;
    return this;
  }

  Bytes build() throws IOException {
    var blobs = new TreeMap<String, Bytes>();
    List<String> diffIds = new ArrayList<>();
    List<String> descriptors = new ArrayList<>();
    for (var layer : layers) {
      diffIds.add("\"" + HashAlgorithm.SHA256.digest(layer) + "\"");
      descriptors.add(
          zstd
              ? descriptor(
                  blobs, "layer.v1.tar+zstd", Bytes.copyOf(Zstd.compress(layer.toArray(), 19)))
              : descriptor(blobs, "layer.v1.tar+gzip", gzip(layer)));
    }
    var configText =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/bin/sh\"]},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}".formatted(join(diffIds));
    String configOf = descriptor(blobs, "config.v1+json", Bytes.utf8(config.apply(configText)));
    var manifestText =
        "{\"schemaVersion\":2,\"mediaType\":\"%smanifest.v1+json\",\"config\":%s,\"layers\":[%s]}"
            .formatted(TYPE, configOf, join(descriptors));
    String manifestOf =
        descriptor(blobs, "manifest.v1+json", Bytes.utf8(manifest.apply(manifestText)));
    var tar = new RawTar();
    tar.file("oci-layout", "{\"imageLayoutVersion\":\"%s\"}".formatted(layoutVersion));
    tar.file(
        "index.json",
        index.apply("{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(manifestOf)));
    blobs.forEach(tar::file);
    return archive.apply(tar.end());
  }

  private static String join(List<String> parts) {
    return String.join(",", parts);
  }

  static String descriptor(Map<String, Bytes> blobs, String type, Bytes content) {
    var digest = HashAlgorithm.SHA256.digest(content);
    blobs.put("blobs/sha256/" + digest.hex(), content);
    return "{\"mediaType\":\"%s%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(TYPE, type, digest, content.size());
  }

  static Bytes gzip(Bytes content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content.toArray());
    }
    return Bytes.copyOf(out.toByteArray());
  }
}
