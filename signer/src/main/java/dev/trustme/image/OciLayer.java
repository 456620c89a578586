// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.github.luben.zstd.ZstdInputStream;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** One layer of an image: a tar archive, perhaps compressed, with the digest of both forms. */
record OciLayer(Path file, OciDescriptor descriptor, Digest diffId, Form form) {
  private static final int BUFFER = 1 << 16;
  private static final int MAX_PADDING = 1 << 20;

  /** How the archive is compressed. */
  enum Form {
    TAR(""),
    GZIP("+gzip"),
    ZSTD("+zstd");

    private final String suffix;

    Form(String suffix) {
      this.suffix = suffix;
    }
  }

  /** Reads the tar archive, or part of it. */
  @FunctionalInterface
  interface Reader {
    void read(InputStream tar) throws IOException, FormatException;
  }

  static OciLayer of(Path file, OciDescriptor descriptor, Digest diffId) throws FormatException {
    for (var form : Form.values()) {
      if (descriptor.mediaType().equals(OciDescriptor.LAYER + form.suffix)) {
        return new OciLayer(file, descriptor, diffId, form);
      }
    }
    throw new FormatException("OCI layer", 0, "unknown media type " + descriptor.mediaType())
        .in(file.toString());
  }

  /**
   * Gives the uncompressed archive to the reader. The layer's own digest and size are checked
   * first; the digest of what was read, to the archive's last byte, after it: what the reader made
   * counts only when this returns.
   */
  void read(Reader reader) throws IOException, FormatException {
    try {
      requireBlob();
      try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
        var tar = new DigestInputStream(decompressed(raw), diffId.algorithm().newDigest());
        reader.read(tar);
        requireOnlyPadding(tar);
        var seen = Bytes.copyOf(tar.getMessageDigest().digest());
        if (!seen.equals(diffId.value())) {
          throw new FormatException(
              "OCI layer", 0, "diff_id is %s, expected %s".formatted(seen, diffId.hex()));
        }
      }
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /** What follows the archive is zeros up to a multiple of the tape's block. */
  private static void requireOnlyPadding(InputStream tar) throws FormatException {
    try {
      if (!Bytes.copyOf(tar.readNBytes(MAX_PADDING + 1)).isAllZero() || tar.read() >= 0) {
        throw new FormatException("OCI layer", 0, "data after the end of the archive");
      }
    } catch (IOException e) {
      throw new FormatException("OCI layer", 0, "is damaged: " + e.getMessage());
    }
  }

  private void requireBlob() throws IOException, FormatException {
    Inputs.requireReadable(file);
    long size = Files.size(file);
    if (size != descriptor.size()) {
      throw new FormatException(
          "OCI blob", 0, "size %d, expected %d".formatted(size, descriptor.size()));
    }
    try (var in =
        new DigestInputStream(
            Files.newInputStream(file), descriptor.digest().algorithm().newDigest())) {
      in.transferTo(OutputStream.nullOutputStream());
      var seen = Bytes.copyOf(in.getMessageDigest().digest());
      if (!seen.equals(descriptor.digest().value())) {
        throw new FormatException("OCI blob", 0, "digest %s, expected its name".formatted(seen));
      }
    }
  }

  private InputStream decompressed(InputStream raw) throws FormatException {
    try {
      return open(raw);
    } catch (IOException e) {
      throw new FormatException("OCI layer", 0, "is no %s stream".formatted(form));
    }
  }

  private InputStream open(InputStream raw) throws IOException {
    return switch (form) {
      case TAR -> raw;
      case GZIP ->
          GzipCompressorInputStream.builder()
              .setInputStream(raw)
              .setDecompressConcatenated(true)
              .get();
      case ZSTD -> new ZstdInputStream(raw);
    };
  }
}
