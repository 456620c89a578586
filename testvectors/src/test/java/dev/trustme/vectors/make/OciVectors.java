// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.image.SourceImage;
import dev.trustme.oci.ImageChoice;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Container images, hostile in one way each. */
final class OciVectors {
  private static final String OURS = "made by this project; Apache-2.0";
  private static final String IMAGE = "image";

  /** More than a layer's file of its size may become. */
  private static final int BOMB = 80 << 20;

  private final FamilyMaker family;
  private final Vector good;

  OciVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "oci", OURS);
    family.file("good.tar", image(lower()).build());
    good =
        family.accept(
            "good",
            "one layer: folder, file, links, a setuid bit and an extended attribute, both of which"
                + " are taken away",
            Map.of(IMAGE, "good.tar"),
            Map.of());
  }

  void make() throws IOException, FormatException {
    entries();
    overlays();
    headers();
    documents();
    archives();
    new OciOthers(family).make();
    family.write();
  }

  static RawTar lower() {
    return new RawTar()
        .node("bin", '5', "")
        .entry("bin/sh", '0', "", Bytes.utf8("shell"), 06755)
        .node("bin/ash", '1', "bin/sh")
        .node("bin/link", '2', "/etc/passwd")
        .extended('x', "SCHILY.xattr.security.capability", "x")
        .file("bin/ping", "ping");
  }

  static OciArchive image(RawTar... layers) {
    var archive = new OciArchive();
    for (var layer : layers) {
      archive.layer(layer);
    }
    return archive;
  }

  /** The reason is what our reader says; that it is the right one is looked at by people. */
  private void refuse(String id, String comment, OciArchive archive)
      throws IOException, FormatException {
    var content = archive.build();
    family.otherFile(good, id, comment, IMAGE, content, reason(content));
  }

  static String reason(Bytes content) throws IOException {
    Path scratch = Files.createTempDirectory("oci-vectors");
    Path file = Files.write(scratch.resolve("image.tar"), content.toArray());
    try (var image = SourceImage.open(file, ImageChoice.ANY)) {
      image.check(scratch.resolve("spool"));
    } catch (FormatException e) {
      return e.structure() + ": " + e.problem();
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(scratch.resolve("spool"));
      Files.delete(scratch);
    }
    throw new IllegalStateException("a negative was accepted");
  }

  private void layer(String id, String comment, UnaryOperator<RawTar> change)
      throws IOException, FormatException {
    refuse(id, comment, image(change.apply(lower())));
  }

  private void over(String id, String comment, UnaryOperator<RawTar> change)
      throws IOException, FormatException {
    refuse(id, comment, image(lower(), change.apply(new RawTar())));
  }

  private void entries() throws IOException, FormatException {
    layer("climbs", "an entry below ../..", t -> t.file("../../../etc/ESC", "x"));
    layer("climbs-within", "an entry with .. in its middle", t -> t.file("bin/../../x", "x"));
    layer("absolute", "an absolute path", t -> t.file("/etc/ABS", "x"));
    layer(
        "hard-link-out",
        "a hard link to a file of the host",
        t -> t.node("l", '1', "../../etc/passwd"));
    layer(
        "hard-link-missing",
        "a hard link to what the image has not",
        t -> t.node("m", '1', "etc/passwd"));
    layer(
        "hard-link-to-symlink",
        "a hard link to a symbolic link",
        t -> t.node("h", '1', "bin/link"));
    layer("through-symlink", "a file below a symbolic link", t -> t.file("bin/link/x", "x"));
    layer("root-is-symlink", "the root itself as a symbolic link", t -> t.node(".", '2', "/etc"));
    layer("block-device", "a block device", t -> t.node("dev/vda", '4', ""));
    layer("character-device", "a character device", t -> t.node("dev/mem", '3', ""));
    layer("fifo", "a FIFO", t -> t.node("pipe", '6', ""));
    layer("twice", "one path twice in a layer", t -> t.file("bin/ping", "2"));
    layer("twice-spelled", "one path in two spellings", t -> t.file("./bin/sh", "2"));
    layer("below-file", "an entry below a file", t -> t.file("bin/sh/x", "x"));
    layer("control-character", "a line end in a name", t -> t.file("a\nb", "x"));
    layer("not-utf8", "a name that is no UTF-8", t -> t.file("\u00ff\u00fe", "x"));
    layer(
        "name-long",
        "a part of a name longer than a file system allows",
        t -> t.extended('x', "path", "n".repeat(300)).file("short", "x"));
    layer(
        "path-long",
        "a path of more than 4096 bytes",
        t -> t.extended('x', "path", "d/".repeat(2100) + "f").file("s", "x"));
  }

  private void overlays() throws IOException, FormatException {
    over(
        "symlink-below",
        "a file through a lower layer's symbolic link",
        t -> t.file("bin/link/y", "x"));
    over(
        "whiteout-through-symlink",
        "a whiteout through a symbolic link",
        t -> t.file("bin/link/.wh.passwd", ""));
    over("whiteout-climbs", "a whiteout of ..", t -> t.file(".wh...", ""));
    over("whiteout-nothing", "a whiteout of nothing", t -> t.file("bin/.wh.", ""));
    over("whiteout-unknown", "a whiteout of an unknown kind", t -> t.file("bin/.wh..wh.plnk", ""));
    over(
        "root-replaced",
        "the root as a symbolic link in a second layer",
        t -> t.node("./", '2', "/var"));
  }

  private void headers() throws IOException, FormatException {
    layer(
        "pax-size",
        "an extended header that changes the size",
        t -> t.extended('x', "size", "3").file("p", "x"));
    layer(
        "pax-sparse",
        "a sparse file by an extended header",
        t -> t.extended('x', "GNU.sparse.realsize", "9999999999").file("q", "x"));
    layer(
        "pax-global-path",
        "a global header that names every entry",
        t -> t.extended('g', "path", "r").file("s", "x"));
    layer(
        "pax-huge",
        "an extended header of 1 GiB",
        t -> t.header("PaxHeader", 'x', "", 1 << 30, 0644));
    layer(
        "gnu-long-name",
        "a GNU long name of 512 MiB",
        t -> t.header("././@LongLink", 'L', "", 1 << 29, 0644));
    layer(
        "pax-records",
        "an extended header that is no list of records",
        t -> t.entry("P", 'x', "", Bytes.utf8("path=x\n"), 0644).file("t", "x"));
    layer(
        "pax-length",
        "an extended header whose record is longer than it",
        t -> t.entry("P", 'x', "", Bytes.utf8("99 path=x\n"), 0644).file("t", "x"));
    layer("gnu-sparse", "a GNU sparse file", t -> t.node("sparse", 'S', ""));
    layer(
        "link-with-content",
        "a hard link with content",
        t -> t.entry("c", '1', "bin/sh", Bytes.utf8("xx"), 0644));
    layer(
        "cut-off",
        "an entry longer than its archive",
        t -> t.header("big", '0', "", 1 << 20, 0644));
    refuse(
        "after-the-end",
        "data behind the end of the archive",
        new OciArchive().layer(Bytes.concat(lower().end(), Bytes.utf8("more"))));
    refuse(
        "bomb",
        "a layer that becomes 80 MiB from a few kilobytes",
        image(lower().file("zeros", Bytes.zeros(BOMB))).zstd());
  }

  private static UnaryOperator<String> replace(String from, String to) {
    return text -> {
      if (!text.contains(from)) {
        throw new IllegalStateException(from + " is not in " + text);
      }
      return text.replace(from, to);
    };
  }

  private static UnaryOperator<String> replaceFirst(String from, String to) {
    return text -> text.replaceFirst(from, to);
  }

  private void documents() throws IOException, FormatException {
    String zero = "sha256:" + "00".repeat(32);
    refuse("layout-version", "a layout of another version", image(lower()).layoutVersion("2.0.0"));
    refuse(
        "layer-digest",
        "a layer's digest is another one",
        image(lower()).bytes(OciVectors::swapLayer));
    refuse(
        "layer-size",
        "a layer's size is another one",
        image(lower()).manifest(replaceFirst("(gzip.*\"size\":)(\\d)", "$11$2")));
    refuse(
        "config-digest",
        "the configuration changed under its name",
        image(lower()).bytes(t -> swap(t, "\"amd64\"", "\"arm64\"")));
    refuse(
        "manifest-changed",
        "the manifest changed under its name",
        image(lower())
            .bytes(t ->
                swap(t, "\"schemaVersion\":2,\"mediaType\"", "\"schemaVersion\":2,\"mediatype\"")));
    refuse(
        "manifest-size",
        "the manifest's size is another one",
        image(lower()).index(replaceFirst("\"size\":(\\d)", "\"size\":1$1")));
    refuse(
        "manifests-and-layers",
        "a manifest that is also an index",
        image(lower()).manifest(replace("\"layers\"", "\"manifests\":[],\"layers\"")));
    refuse(
        "embedded-media-type",
        "a manifest that says it is an index",
        image(lower()).manifest(replace("image.manifest.v1", "image.index.v1")));
    refuse(
        "diff-id",
        "a diff_id is another one",
        image(lower()).config(replaceFirst("sha256:[0-9a-f]{64}", zero)));
    refuse(
        "digest-path",
        "a digest that is a path",
        image(lower())
            .index(replaceFirst("sha256:[0-9a-f]{64}", "sha256:../../../../../../etc/passwd")));
    refuse(
        "digest-upper-case",
        "a digest in upper case",
        image(lower()).index(replaceFirst("sha256:[0-9a-f]{64}", "sha256:" + "AB".repeat(32))));
    refuse(
        "digest-sha1",
        "a SHA-1 digest",
        image(lower()).index(replaceFirst("sha256:[0-9a-f]{64}", "sha1:" + "ab".repeat(20))));
    refuse(
        "foreign-layer",
        "a layer that lies elsewhere",
        image(lower())
            .manifest(replaceFirst("(gzip\")", "$1,\"urls\":[\"https://example.org/x\"]")));
    refuse(
        "inline-data",
        "a manifest with its content inside the descriptor",
        image(lower()).index(replaceFirst("(json\")", "$1,\"data\":\"e30=\"")));
    refuse(
        "layer-media-type",
        "a layer of an unknown media type",
        image(lower()).manifest(replace("tar+gzip", "tar+xz")));
    refuse(
        "config-media-type",
        "a configuration of another media type",
        image(lower()).manifest(replace("config.v1", "config.v2")));
    refuse(
        "duplicate-key",
        "a key twice",
        image(lower())
            .manifest(replace("{\"schemaVersion\"", "{\"schemaVersion\":2,\"schemaVersion\"")));
    refuse(
        "key-in-capitals",
        "a key in other letters",
        image(lower()).manifest(replace("\"layers\"", "\"Layers\"")));
    refuse(
        "schema-version",
        "a manifest of schema 1",
        image(lower()).manifest(replace("\"schemaVersion\":2", "\"schemaVersion\":1")));
    refuse(
        "negative-size",
        "a size below zero",
        image(lower()).manifest(replaceFirst("(gzip.*\"size\":)\\d+", "$1-1")));
    refuse(
        "diff-id-missing",
        "fewer diff_ids than layers",
        image(lower()).config(replaceFirst("\"diff_ids\":\\[.*\\]", "\"diff_ids\":[]")));
    refuse("no-layers", "a manifest without layers", image());
    refuse(
        "platform",
        "the index says another platform than the configuration",
        image(lower())
            .index(
                replaceFirst(
                    "(\"size\":\\d+)",
                    "$1,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}")));
    refuse(
        "two-images",
        "two images and no word which",
        image(lower()).index(replaceFirst("\\[(.*)\\]", "[$1,$1]")));
    refuse("many-manifests", "an index of 2000 manifests", image(lower()).index(OciVectors::many));
    refuse(
        "index-of-no-index",
        "a manifest that the index calls an index",
        image(lower()).index(replace("image.manifest.v1", "image.index.v1")));
    refuse("after-json", "something after the index", image(lower()).index(t -> t + "{}"));
  }

  private static String many(String index) {
    String one = index.substring(index.indexOf('[') + 1, index.lastIndexOf(']'));
    return index.replace(one, String.join(",", Collections.nCopies(2000, one)));
  }

  private static Bytes swap(Bytes archive, String from, String to) {
    var latin = StandardCharsets.ISO_8859_1;
    String text = new String(archive.toArray(), latin);
    if (!text.contains(from) || from.length() != to.length()) {
      throw new IllegalStateException(from);
    }
    return Bytes.copyOf(text.replace(from, to).getBytes(latin));
  }

  /** The last byte of the layer's blob, whose first bytes are gzip's. */
  private static Bytes swapLayer(Bytes archive) {
    byte[] bytes = archive.toArray();
    for (int at = 0; at + 512 < bytes.length; at += 512) {
      if (bytes[at] == 0x1f && (bytes[at + 1] & 0xff) == 0x8b) {
        bytes[at + 9] ^= 1;
        return Bytes.copyOf(bytes);
      }
    }
    throw new IllegalStateException("no layer");
  }

  private void archives() throws IOException, FormatException {
    refuse(
        "blob-missing",
        "the archive does not hold the configuration",
        image(lower())
            .manifest(
                replaceFirst(
                    "(config.v1.json\",\"digest\":\"sha256:)[0-9a-f]{64}",
                    "$1" + "11".repeat(32))));
    refuse(
        "archive-twice",
        "a file twice in the outer archive",
        image(lower())
            .bytes(t ->
                Bytes.concat(
                    t.slice(0, t.size() - 1024), new RawTar().file("index.json", "{}").end())));
    var linked =
        new RawTar()
            .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
            .node("index.json", '2', "/etc/passwd")
            .end();
    family.otherFile(
        good, "index-is-symlink", "the index is a symbolic link", IMAGE, linked, reason(linked));
    family.otherFile(
        good,
        "no-archive",
        "a zip archive",
        IMAGE,
        Bytes.fromHex("504b0304ffffffff"),
        reason(Bytes.fromHex("504b0304ffffffff")));
  }
}
