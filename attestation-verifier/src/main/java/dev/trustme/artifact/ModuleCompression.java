// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStream;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/**
 * How module files are compressed, by their suffix. What is written is what the kernel's own
 * decompressors read (Linux, scripts/Makefile.modinst): xz with CRC32, LZMA2 and a dictionary of 1
 * MiB; gzip without name and time; one zstd frame. The same module gives the same bytes.
 */
public enum ModuleCompression {
  NONE(".ko", "ELF", ""),
  GZIP(".ko.gz", "gzip", "1f8b08"),
  XZ_LZMA2(".ko.xz", "xz", "fd377a585a00"),
  ZSTD(".ko.zst", "zstd", "28b52ffd");

  /** Most bytes of a module: real ones stay below 30 MiB. */
  public static final int MAX_MODULE = 256 << 20;

  /** A file may become this many times as large, or 1 MiB; real modules stay below 20 times. */
  private static final long MAX_RATIO = 256;

  private static final long ALWAYS = 1 << 20;
  private static final int XZ_MEMORY_KIB = 128 << 10;
  private static final int XZ_DICTIONARY = 1 << 20;
  private static final int XZ_PRESET = 3;
  private static final int GZIP_LEVEL = 9;
  private static final int ZSTD_LEVEL = 9;

  private final String suffix;
  private final String format;
  private final String magic;

  ModuleCompression(String suffix, String format, String magic) {
    this.suffix = suffix;
    this.format = format;
    this.magic = magic;
  }

  /** By the file name's end; empty for what is no module. */
  public static Optional<ModuleCompression> of(String fileName) {
    return Arrays.stream(values()).filter(c -> fileName.endsWith(c.suffix)).findFirst();
  }

  /** The module; exactly one stream, at most 256 MiB and 256 times the file, or else malformed. */
  public Bytes decompress(Bytes file) throws FormatException {
    var head = file.slice(0, Math.min(magic.length() / 2, file.size()));
    if (!head.hex().equals(magic)) {
      throw malformed("expected magic %s, found %s".formatted(magic, head));
    }
    if (this == NONE) {
      return file;
    }
    var source = new ByteArrayInputStream(file.toArray());
    int limit = (int) Math.min(MAX_MODULE, Math.max(ALWAYS, MAX_RATIO * file.size()));
    byte[] module;
    try (InputStream in = open(source, file)) {
      module = in.readNBytes(limit + 1);
    } catch (IOException | ZstdException e) {
      throw malformed("is damaged: " + e.getMessage());
    }
    if (module.length > limit) {
      throw malformed("holds more than %d bytes, in a file of %d".formatted(limit, file.size()));
    }
    if (source.available() > 0) {
      throw malformed("%d bytes after the compressed module".formatted(source.available()));
    }
    return Bytes.copyOf(module);
  }

  private InputStream open(ByteArrayInputStream source, Bytes file)
      throws IOException, FormatException {
    return switch (this) {
      case NONE -> source;
      case GZIP -> GzipCompressorInputStream.builder().setInputStream(source).get();
      case XZ_LZMA2 -> new SingleXZInputStream(source, XZ_MEMORY_KIB);
      case ZSTD -> {
        if (Zstd.findFrameCompressedSize(file.toArray()) != file.size()) {
          throw malformed("is not one whole frame");
        }
        yield new ZstdInputStream(source);
      }
    };
  }

  public Bytes compress(Bytes module) {
    try {
      return switch (this) {
        case NONE -> module;
        case ZSTD -> Bytes.copyOf(Zstd.compress(module.toArray(), ZSTD_LEVEL));
        case GZIP, XZ_LZMA2 -> {
          var out = new ByteArrayOutputStream(module.size() / 2);
          try (OutputStream compressed = this == GZIP ? gzip(out) : xz(out)) {
            compressed.write(module.toArray());
          }
          yield Bytes.copyOf(out.toByteArray());
        }
      };
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
  }

  private static OutputStream gzip(OutputStream out) throws IOException {
    var parameters = new GzipParameters();
    parameters.setCompressionLevel(GZIP_LEVEL);
    return new GzipCompressorOutputStream(out, parameters);
  }

  private static OutputStream xz(OutputStream out) throws IOException {
    var options = new LZMA2Options(XZ_PRESET);
    options.setDictSize(XZ_DICTIONARY);
    return new XZOutputStream(out, options, XZ.CHECK_CRC32);
  }

  private FormatException malformed(String problem) {
    return new FormatException(format + " compressed module", 0, problem);
  }
}
