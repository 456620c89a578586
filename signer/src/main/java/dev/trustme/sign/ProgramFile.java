// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiProgram;
import dev.trustme.uefi.PeImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * An EFI program as it lies in a file: as it is, or wrapped in gzip like the Image.gz of an AArch64
 * kernel, which a loader unwraps before firmware sees it. RFC 1952; what is written carries no name
 * and no time, so that the same program gives the same bytes.
 */
public record ProgramFile(PeImage image, boolean wrapped) implements SignedFile {
  private static final String STRUCTURE = "gzip-wrapped program";
  private static final Bytes GZIP = Bytes.fromHex("1f8b08");
  private static final int MAX_PROGRAM = 512 << 20;
  private static final int MAX_RATIO = 64;
  private static final int FLOOR = 1 << 16;
  private static final int LEVEL = 9;

  /** At most 512 MiB of program, and 64 times the file; nothing may follow it. */
  public static ProgramFile read(Bytes file) throws FormatException {
    return file.startsWith(GZIP)
        ? new ProgramFile(PeImage.parse(unwrap(file)), true)
        : new ProgramFile(PeImage.parse(file), false);
  }

  private static Bytes unwrap(Bytes file) throws FormatException {
    int limit = (int) Math.min(MAX_PROGRAM, FLOOR + (long) MAX_RATIO * file.size());
    var source = new ByteArrayInputStream(file.toArray());
    byte[] program;
    try (var in = GzipCompressorInputStream.builder().setInputStream(source).get()) {
      program = in.readNBytes(limit + 1);
    } catch (IOException e) {
      throw new FormatException(STRUCTURE, 0, "is damaged: " + e.getMessage());
    }
    if (program.length > limit) {
      throw new FormatException(STRUCTURE, 0, "holds more than %d bytes".formatted(limit));
    }
    if (source.available() > 0) {
      throw new FormatException(
          STRUCTURE,
          file.size() - source.available(),
          "%d bytes after the compressed program".formatted(source.available()));
    }
    return Bytes.copyOf(program);
  }

  /** The file for another content of the program, wrapped as this one is. */
  public Bytes encode(Bytes program) {
    if (!wrapped) {
      return program;
    }
    var parameters = new GzipParameters();
    parameters.setCompressionLevel(LEVEL);
    var out = new ByteArrayOutputStream(program.size() / 2);
    try (var gzip = new GzipCompressorOutputStream(out, parameters)) {
      gzip.write(program.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  @Override
  public List<Bytes> signatures() {
    return SignatureTable.of(image);
  }

  @Override
  public Bytes with(List<Bytes> signatures) {
    return encode(SignatureTable.write(image, signatures));
  }

  @Override
  public String described() throws FormatException {
    return EfiProgram.of(image) + (wrapped ? ", gzip-wrapped" : "");
  }
}
