// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.FormatException;
import java.util.Arrays;

/** One line of text: indices are those of the array, errors name the offset in the log. */
final class ImaText {
  private static final String STRUCTURE = "IMA line";
  private static final byte[] DIGITS = digits();

  private final byte[] bytes;
  private final int from;
  private final int end;
  private final long lineOffset;

  /** The bytes are not copied: a line is good until the next is read. */
  ImaText(byte[] bytes, int from, int end, long lineOffset) {
    this.bytes = bytes;
    this.from = from;
    this.end = end;
    this.lineOffset = lineOffset;
  }

  byte[] bytes() {
    return bytes;
  }

  int end() {
    return end;
  }

  private static byte[] digits() {
    var digits = new byte[1 << Byte.SIZE];
    Arrays.fill(digits, (byte) -1);
    for (int i = 0; i < 16; i++) {
      digits[Character.forDigit(i, 16)] = (byte) i;
    }
    return digits;
  }

  long offset(int index) {
    return lineOffset + index - from;
  }

  FormatException malformed(int index, String problem) {
    return new FormatException(STRUCTURE, offset(index), problem);
  }

  /** The byte at the index; -1 behind the line's end. */
  int at(int index) {
    return index < end ? bytes[index] & 0xff : -1;
  }

  void expect(int index, int wanted) throws FormatException {
    if (at(index) != wanted) {
      throw malformed(index, "expected '%c'".formatted(wanted));
    }
  }

  /** Index of the next such byte, which the line must have. */
  int find(int wanted, int start) throws FormatException {
    for (int i = start; i < end; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw malformed(Math.min(start, end), "ends before its last field");
  }

  /** Index of the last such byte before the limit and not before the start. */
  int findLast(int wanted, int start, int limit) throws FormatException {
    for (int i = limit - 1; i >= start; i--) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw malformed(start, "ends before its last field");
  }

  boolean contains(int wanted, int start, int limit) {
    for (int i = start; i < limit; i++) {
      if (bytes[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  /** Decodes lower-case hex digits, in pairs; returns the index behind the last byte. */
  int hex(int start, int limit, byte[] out, int position) throws FormatException {
    if ((limit - start) % 2 != 0) {
      throw malformed(start, "%d hex digits".formatted(limit - start));
    }
    int at = position;
    for (int i = start; i < limit; i += 2) {
      int value = DIGITS[bytes[i] & 0xff] << 4 | DIGITS[bytes[i + 1] & 0xff];
      if (value < 0) {
        throw malformed(i, "expected lower-case hex digits");
      }
      out[at++] = (byte) value;
    }
    return at;
  }
}
