// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes small OCI layouts, right ones and wrong ones. */
public final class TestLayout {
  private static final String TYPE = "application/vnd.oci.image.";

  private final Path folder;
  private final List<Bytes> layers = new ArrayList<>();

  public TestLayout(Path folder) {
    this.folder = folder;
  }

  public TestLayout layer(Tar tar) throws IOException {
    layers.add(tar.bytes());
    return this;
  }

  /** Writes the layout and returns its folder. */
  public Path write() throws IOException {
    Files.createDirectories(folder.resolve("blobs/sha256"));
    List<String> diffIds = new ArrayList<>();
    List<String> descriptors = new ArrayList<>();
    for (Bytes layer : layers) {
      diffIds.add("\"" + HashAlgorithm.SHA256.digest(layer) + "\"");
      descriptors.add(descriptor("layer.v1.tar+gzip", gzip(layer)));
    }
    var config =
        Bytes.utf8(
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/bin/sh\"],"
                + "\"Labels\":null},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + String.join(",", diffIds)
                + "]}}");
    var manifest =
        Bytes.utf8(
            "{\"schemaVersion\":2,\"mediaType\":\""
                + TYPE
                + "manifest.v1+json\",\"config\":"
                + descriptor("config.v1+json", config)
                + ",\"layers\":["
                + String.join(",", descriptors)
                + "]}");
    text("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    text("index.json", index(descriptor("manifest.v1+json", manifest)));
    return folder;
  }

  static String index(String entries) {
    return "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}";
  }

  void text(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  /** Writes the blob and describes it. */
  private String descriptor(String type, Bytes content) throws IOException {
    var digest = HashAlgorithm.SHA256.digest(content);
    Files.write(folder.resolve("blobs/sha256").resolve(digest.hex()), content.toArray());
    return "{\"mediaType\":\"%s%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(TYPE, type, digest, content.size());
  }

  private static Bytes gzip(Bytes content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content.toArray());
    }
    return Bytes.copyOf(out.toByteArray());
  }

  /** A tar archive, entry by entry. */
  public static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream out =
        new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name());

    public Tar() {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    public Tar file(String name, String content) throws IOException {
      return file(name, content, 0644);
    }

    Tar file(String name, String content, int mode) throws IOException {
      var entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
      byte[] data = content.getBytes(StandardCharsets.UTF_8);
      entry.setSize(data.length);
      entry.setMode(mode);
      out.putArchiveEntry(entry);
      out.write(data);
      out.closeArchiveEntry();
      return this;
    }

    Tar folder(String name) throws IOException {
      return entry(name, TarConstants.LF_DIR, "");
    }

    Tar symlink(String name, String target) throws IOException {
      return entry(name, TarConstants.LF_SYMLINK, target);
    }

    Tar link(String name, String target) throws IOException {
      return entry(name, TarConstants.LF_LINK, target);
    }

    Tar entry(String name, byte type, String target) throws IOException {
      var entry = new TarArchiveEntry(name, type, true);
      entry.setLinkName(target);
      entry.setMode(0755);
      out.putArchiveEntry(entry);
      out.closeArchiveEntry();
      return this;
    }

    Tar owner(String name, long uid) throws IOException {
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      var entry = new TarArchiveEntry(name, TarConstants.LF_DIR, true);
      entry.setUserId(uid);
      out.putArchiveEntry(entry);
      out.closeArchiveEntry();
      return this;
    }

    Bytes bytes() throws IOException {
      out.finish();
      return Bytes.copyOf(bytes.toByteArray());
    }
  }
}
