// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.FormatException;
import java.util.Arrays;

/** Template data, made again from a line's text as the kernel hashes it. */
final class ImaData {
  private static final int MAX_DIGITS = 10;

  private final boolean littleEndian;
  private byte[] bytes = new byte[1 << 12];
  private int size;

  ImaData(boolean littleEndian) {
    this.littleEndian = littleEndian;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** No field takes more than its text and this: a length and a number, a NUL or padding. */
  void begin(ImaTemplate template, int lineSize) {
    size = 0;
    int most = lineSize + ImaDecoder.LEGACY_NAME_SIZE + 12 * template.fields().size();
    if (bytes.length < most) {
      bytes = new byte[Math.max(most, 2 * bytes.length)];
    }
  }

  void legacy(ImaText text, int from, int space) throws FormatException {
    if (space - from != 2 * ImaDecoder.LEGACY_DIGEST_SIZE) {
      throw text.malformed(from, "a digest of %d digits, expected 40".formatted(space - from));
    }
    size = text.hex(from, space, bytes, 0);
    int name = space + 1;
    int length = text.end() - name;
    if (length >= ImaDecoder.LEGACY_NAME_SIZE || text.contains(0, name, text.end())) {
      throw text.malformed(name, "a name of more than 255 bytes, or with a NUL");
    }
    System.arraycopy(text.bytes(), name, bytes, size, length);
    Arrays.fill(bytes, size + length, size + ImaDecoder.LEGACY_NAME_SIZE, (byte) 0);
    size += ImaDecoder.LEGACY_NAME_SIZE;
  }

  void field(ImaField field, ImaText text, int from, int end) throws FormatException {
    int length = size;
    size += Integer.BYTES;
    switch (field.kind()) {
      case DIGEST, TYPED_DIGEST -> digest(text, from, end);
      case NAME -> string(text, from, end);
      case XATTR_NAMES -> {
        if (from < end) {
          string(text, from, end);
        }
      }
      case NUMBER -> number(field, text, from, end);
      case PLAIN_DIGEST, SIGNATURE, MODSIG, BUFFER, XATTR_LENGTHS, XATTR_VALUES ->
          size = text.hex(from, end, bytes, size);
    }
    number(length, size - length - Integer.BYTES, Integer.BYTES);
  }

  /** What the kernel prints up to the NUL, which follows the last colon, and hex. */
  private void digest(ImaText text, int from, int end) throws FormatException {
    if (from == end) {
      return;
    }
    int colon = text.findLast(':', from, end);
    int prefix = colon + 1 - from;
    System.arraycopy(text.bytes(), from, bytes, size, prefix);
    size += prefix;
    bytes[size++] = 0;
    size = text.hex(colon + 1, end, bytes, size);
  }

  private void string(ImaText text, int from, int end) {
    System.arraycopy(text.bytes(), from, bytes, size, end - from);
    size += end - from;
    bytes[size++] = 0;
  }

  private void number(ImaField field, ImaText text, int from, int end) throws FormatException {
    if (from == end) {
      return;
    }
    long value = 0;
    for (int i = from; i < end; i++) {
      int c = text.at(i);
      if (c < '0' || c > '9' || end - from > MAX_DIGITS || (c == '0' && i == from && end > i + 1)) {
        throw text.malformed(from, field.id() + ": expected a decimal number");
      }
      value = value * 10 + (c - '0');
    }
    if (value >>> (Byte.SIZE * field.numberSize()) != 0) {
      throw text.malformed(from, field.id() + ": " + value + " is too large");
    }
    number(size, value, field.numberSize());
    size += field.numberSize();
  }

  private void number(int position, long value, int width) {
    for (int i = 0; i < width; i++) {
      int shift = Byte.SIZE * (littleEndian ? i : width - 1 - i);
      bytes[position + i] = (byte) (value >>> shift);
    }
  }
}
