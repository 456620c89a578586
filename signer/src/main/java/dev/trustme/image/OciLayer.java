// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.github.luben.zstd.ZstdInputStream;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * One layer of an image: a tar archive, perhaps compressed.
 *
 * @param descriptor digest and size of the file, where the input states them
 * @param diffId digest of the archive, where the input states it
 */
record OciLayer(
    OciFiles files,
    String name,
    Optional<OciDescriptor> descriptor,
    Optional<Digest> diffId,
    Form form) {
  private static final int BUFFER = 1 << 16;
  private static final int MAX_PADDING = 1 << 20;

  /** An archive may become this large, and this many times larger than its file. */
  private static final long FREE_SIZE = 64L << 20;

  private static final long MAX_RATIO = 100;

  /** How the archive is compressed. */
  enum Form {
    TAR("", ""),
    GZIP("+gzip", "1f8b"),
    ZSTD("+zstd", "28b52ffd");

    private final String suffix;
    private final String magic;

    Form(String suffix, String magic) {
      this.suffix = suffix;
      this.magic = magic;
    }

    /** The form of a file that begins with this; without a magic number it is no other. */
    static Form of(Bytes head) {
      return head.startsWith(Bytes.fromHex(GZIP.magic))
          ? GZIP
          : head.startsWith(Bytes.fromHex(ZSTD.magic)) ? ZSTD : TAR;
    }
  }

  /** Reads the tar archive, or part of it. */
  @FunctionalInterface
  interface Reader {
    void read(InputStream tar) throws IOException, FormatException;
  }

  /** A layer of an OCI image, its form by the media type. */
  static OciLayer of(OciFiles files, OciDescriptor descriptor, Digest diffId)
      throws FormatException {
    String name = OciFiles.blobName(descriptor);
    for (var form : Form.values()) {
      if (descriptor.mediaType().equals(OciDescriptor.LAYER + form.suffix)) {
        return new OciLayer(files, name, Optional.of(descriptor), Optional.of(diffId), form);
      }
    }
    throw new FormatException("OCI layer", 0, "unknown media type " + descriptor.mediaType())
        .in(files.path(name));
  }

  /** A layer of another archive, its form by the first bytes. */
  static OciLayer of(OciFiles files, String name, Optional<Digest> diffId)
      throws IOException, FormatException {
    Bytes head;
    try (var in = files.open(name)) {
      head = Bytes.copyOf(in.readNBytes(4));
    }
    return new OciLayer(files, name, Optional.empty(), diffId, Form.of(head));
  }

  /**
   * Gives the uncompressed archive to the reader. The layer's own digest and size are checked
   * first; the digest of what was read, to the archive's last byte, after it: what the reader made
   * counts only when this returns.
   */
  void read(Reader reader) throws IOException, FormatException {
    try {
      if (descriptor.isPresent()) {
        files.requireBlob(descriptor.get());
      }
      try (InputStream raw = new BufferedInputStream(files.open(name), BUFFER)) {
        var algorithm = diffId.map(Digest::algorithm).orElse(HashAlgorithm.SHA256);
        var tar = new DigestInputStream(limited(decompressed(raw)), algorithm.newDigest());
        reader.read(tar);
        requireOnlyPadding(tar);
        var seen = new Digest(algorithm, Bytes.copyOf(tar.getMessageDigest().digest()));
        if (diffId.isPresent() && !diffId.get().equals(seen)) {
          throw new FormatException(
              "OCI layer",
              0,
              "diff_id is %s, expected %s".formatted(seen.hex(), diffId.get().hex()));
        }
      }
    } catch (FormatException e) {
      throw e.in(files.path(name));
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

  private InputStream limited(InputStream archive) throws IOException, FormatException {
    return form == Form.TAR
        ? archive
        : new LimitedStream(archive, FREE_SIZE + MAX_RATIO * files.size(name));
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
