// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Images of several layers and platforms, docker archives, roots. */
final class OciOthers {
  private static final String IMAGE = "image";

  private final FamilyMaker family;

  OciOthers(FamilyMaker family) {
    this.family = family;
  }

  void make() throws IOException, FormatException {
    var upper =
        new RawTar()
            .file("bin/.wh.ping", "")
            .node("etc", '5', "")
            .file("etc/.wh..wh..opq", "")
            .file("etc/hosts", "x");
    family.file("two-layers.tar", OciVectors.image(OciVectors.lower(), upper).zstd().build());
    family.accept(
        "two-layers",
        "a second layer with whiteouts, both compressed with zstd",
        Map.of(IMAGE, "two-layers.tar"),
        Map.of());
    platforms();
    tags();
    docker();
    roots();
  }

  private void tags() throws IOException, FormatException {
    String ref = "\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\"}}";
    var good =
        OciVectors.image(OciVectors.lower())
            .index(i -> i.replaceFirst("\\[(.*)}\\]", "[$1},$1," + ref + "]"));
    family.file("tagged.tar", good.build());
    var vector =
        family.accept(
            "tagged",
            "two entries of the index, one with the tag",
            Map.of(IMAGE, "tagged.tar"),
            Map.of("tag", "v1"));
    var twice =
        OciVectors.image(OciVectors.lower())
            .index(i -> i.replaceFirst("\\[(.*)}\\]", "[$1," + ref + ",$1," + ref + "]"));
    family.otherFile(
        vector,
        "tag-twice",
        "two entries of the index with one tag",
        IMAGE,
        twice.build(),
        "OCI index: expected one manifest with tag v1, found 2");
  }

  private void platforms() throws IOException, FormatException {
    family.file("platforms.tar", platforms("index.v1+json", 1));
    var good =
        family.accept(
            "platforms",
            "an index of two platforms in the layout's index",
            Map.of(IMAGE, "platforms.tar"),
            Map.of("platform", "linux/amd64"));
    family.otherContext(
        good,
        "platform-missing",
        "a platform that the image has not",
        "platform",
        "linux/riscv64",
        "OCI index: expected one manifest for linux/riscv64, found 0");
    family.otherFile(
        good,
        "index-nested",
        "an index in an index in the layout's index",
        IMAGE,
        platforms("index.v1+json", 2),
        "OCI index: expected one manifest for linux/amd64, found 0");
  }

  /** An index of this depth over an image of two platforms. */
  private static Bytes platforms(String type, int depth) throws IOException {
    var blobs = new TreeMap<String, Bytes>();
    var layer = OciVectors.lower().end();
    String layerOf = OciArchive.descriptor(blobs, "layer.v1.tar+gzip", OciArchive.gzip(layer));
    StringBuilder manifests = new StringBuilder();
    for (String architecture : new String[] {"amd64", "arm64"}) {
      String config =
          "{\"architecture\":\"%s\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
              .formatted(architecture, HashAlgorithm.SHA256.digest(layer));
      String configOf = OciArchive.descriptor(blobs, "config.v1+json", Bytes.utf8(config));
      String manifest =
          "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}".formatted(configOf, layerOf);
      String descriptor = OciArchive.descriptor(blobs, "manifest.v1+json", Bytes.utf8(manifest));
      manifests
          .append(manifests.isEmpty() ? "" : ",")
          .append(descriptor, 0, descriptor.length() - 1)
          .append(
              ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}".formatted(architecture));
    }
    String entries = manifests.toString();
    for (int i = 0; i < depth; i++) {
      entries =
          OciArchive.descriptor(
              blobs,
              type,
              Bytes.utf8("{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(entries)));
    }
    var tar = new RawTar().file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    tar.file("index.json", "{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(entries));
    blobs.forEach(tar::file);
    return tar.end();
  }

  private void docker() throws IOException, FormatException {
    family.file("docker.tar", docker(""));
    var good =
        family.accept(
            "docker",
            "a docker archive of one layer",
            Map.of(IMAGE, "docker.tar"),
            Map.of("tag", "web:v1"));
    for (String wrong :
        new String[] {"config-digest", "config-name", "layer", "layers", "tag", "link"}) {
      var content = docker(wrong);
      family.otherFile(
          good,
          "docker-" + wrong,
          "a docker archive, wrong in this: " + wrong,
          IMAGE,
          content,
          wrong.equals("tag")
              ? "docker archive: expected one image, found 0; name its tag"
              : OciVectors.reason(content));
    }
  }

  private static Bytes docker(String wrong) {
    var layer = OciVectors.lower().end();
    var stored = wrong.equals("layer") ? new RawTar().file("other", "x").end() : layer;
    var config =
        Bytes.utf8(
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
                .formatted(HashAlgorithm.SHA256.digest(layer)));
    String name = HashAlgorithm.SHA256.digest(config).hex() + ".json";
    if (wrong.equals("config-digest")) {
      config = Bytes.utf8(config.utf8().replace("amd64", "arm64"));
    }
    if (wrong.equals("config-name")) {
      name = "config.json";
    }
    String layers = wrong.equals("layers") ? "\"l/layer.tar\",\"l/layer.tar\"" : "\"l/layer.tar\"";
    String tag = wrong.equals("tag") ? "web:v2" : "web:v1";
    var tar =
        new RawTar()
            .file(
                "manifest.json",
                "[{\"Config\":\"%s\",\"RepoTags\":[\"%s\"],\"Layers\":[%s]}]"
                    .formatted(name, tag, layers))
            .file(name, config);
    return (wrong.equals("link")
            ? tar.node("l/layer.tar", '2', "/etc/passwd")
            : tar.file("l/layer.tar", stored))
        .end();
  }

  private void roots() throws IOException, FormatException {
    family.file("root.tar", OciVectors.lower().end());
    var good =
        family.accept(
            "root", "the archive of a root file system", Map.of(IMAGE, "root.tar"), Map.of());
    var content = OciVectors.lower().file("/etc/shadow", "x").end();
    family.otherFile(
        good,
        "root-absolute",
        "a root file system with an absolute path",
        IMAGE,
        content,
        OciVectors.reason(content));
  }
}
