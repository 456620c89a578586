// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * binary_runtime_measurements: PCR (u32), template hash, name length (u32) and name, data length
 * (u32) and data; for the template {@code ima} a digest, name length (u32) and name instead.
 */
final class BinaryImaReader extends ImaReader {
  private static final String STRUCTURE = "IMA entry";
  private static final int U32 = Integer.BYTES;

  private final int headerSize;
  private final byte[] legacy =
      new byte[ImaDecoder.LEGACY_DIGEST_SIZE + ImaDecoder.LEGACY_NAME_SIZE];
  private int dataSize;
  private int dataFromEntry;

  BinaryImaReader(InputStream in, ImaFormat format) {
    super(in, format, STRUCTURE);
    headerSize = U32 + format.templateHash().size() + U32;
  }

  @Override
  boolean read() throws IOException, FormatException {
    if (!window.begin()) {
      return false;
    }
    window.need(headerSize);
    BinaryReader reader = window.reader();
    pcr(reader.u32());
    reader.skip(format().templateHash().size());
    template(reader.u32());
    if (template().isLegacy()) {
      legacyData();
    } else {
      window.need(U32);
      long size = window.reader().u32();
      window.need(size);
      dataFromEntry = window.position() - window.entry();
      fields(size);
      dataSize = Math.toIntExact(size);
    }
    return true;
  }

  private void template(long size) throws IOException, FormatException {
    if (size == 0 || size > ImaTemplate.MAX_NAME) {
      throw window
          .reader()
          .malformed(
              "a template name of %d bytes, expected 1 to %d"
                  .formatted(size, ImaTemplate.MAX_NAME));
    }
    window.need(size);
    BinaryReader reader = window.reader();
    long offset = reader.offset();
    int from = window.position();
    reader.skip(size);
    int to = window.position();
    template(window.bytes(), from, to, offset);
  }

  /** The fields' lengths add up to the data's. */
  private void fields(long size) throws FormatException {
    BinaryReader reader = window.reader();
    if (size > reader.remaining()) {
      reader.skip(size);
    }
    long end = reader.offset() + size;
    for (int i = 0; i < template().fields().size(); i++) {
      if (end - reader.offset() < U32) {
        throw reader.malformed(
            "template data of %d bytes ends before its field %s"
                .formatted(size, template().fields().get(i).id()));
      }
      long field = reader.u32();
      if (field > end - reader.offset()) {
        throw reader.malformed(
            "field %s of %d bytes, %d remain"
                .formatted(template().fields().get(i).id(), field, end - reader.offset()));
      }
      reader.skip(field);
    }
    if (reader.offset() != end) {
      throw reader.malformed(
          "%d bytes of template data behind its last field".formatted(end - reader.offset()));
    }
  }

  private void legacyData() throws IOException, FormatException {
    window.need(ImaDecoder.LEGACY_DIGEST_SIZE + (long) U32);
    int digest = window.position() - window.entry();
    window.reader().skip(ImaDecoder.LEGACY_DIGEST_SIZE);
    long size = window.reader().u32();
    if (size >= ImaDecoder.LEGACY_NAME_SIZE) {
      throw window.reader().malformed("a name of %d bytes, expected at most 255".formatted(size));
    }
    window.need(size);
    int name = window.position();
    window.reader().skip(size);
    byte[] bytes = window.bytes();
    Arrays.fill(legacy, (byte) 0);
    System.arraycopy(bytes, window.entry() + digest, legacy, 0, ImaDecoder.LEGACY_DIGEST_SIZE);
    for (int i = 0; i < size; i++) {
      if (bytes[name + i] == 0) {
        throw new FormatException(
            STRUCTURE, window.entryOffset(), "a name that holds a NUL before its end");
      }
      legacy[ImaDecoder.LEGACY_DIGEST_SIZE + i] = bytes[name + i];
    }
    dataFromEntry = digest;
    dataSize = legacy.length;
  }

  @Override
  byte[] data() {
    return template().isLegacy() ? legacy : window.bytes();
  }

  @Override
  int dataStart() {
    return template().isLegacy() ? 0 : window.entry() + dataFromEntry;
  }

  @Override
  int dataSize() {
    return dataSize;
  }

  @Override
  long dataOffset() {
    return window.entryOffset() + dataFromEntry;
  }

  @Override
  byte[] loggedHash() {
    return window.bytes();
  }

  @Override
  int loggedHashStart() {
    return window.entry() + U32;
  }
}
