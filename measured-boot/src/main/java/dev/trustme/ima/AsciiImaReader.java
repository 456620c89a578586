// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;

/**
 * ascii_runtime_measurements: PCR, template hash, template name and fields, a space between, one
 * line an entry. The template data is made again from the text. Where that is not possible, or not
 * in one way only, the line is malformed; where it is not what the kernel hashed (a name that held
 * a line end, say), the template hash shows it.
 */
final class AsciiImaReader extends ImaReader {
  private static final String STRUCTURE = "IMA line";
  private static final int PCR_COLUMNS = 2;

  private final int hashSize;
  private final byte[] hash;
  private ImaText text = new ImaText(new byte[0], 0, 0, 0);
  private final ImaData data;

  AsciiImaReader(InputStream in, ImaFormat format) {
    super(in, format, STRUCTURE);
    hashSize = format.templateHash().size();
    hash = new byte[hashSize];
    data = new ImaData(format.order() == ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  boolean read() throws IOException, FormatException {
    if (!window.begin()) {
      return false;
    }
    int size = lineSize();
    window.reader().skip(size + 1L);
    int from = window.entry();
    text = new ImaText(window.bytes(), from, from + size, window.entryOffset());
    int at = hash(from + pcrColumn(from));
    at = template(at);
    data.begin(template(), size);
    if (template().isLegacy()) {
      int space = text.find(' ', at);
      data.legacy(text, at, space);
    } else {
      fields(at);
    }
    return true;
  }

  /** Bytes before the line's end. */
  private int lineSize() throws IOException, FormatException {
    int seen = 0;
    while (window.has(seen + 1L)) {
      byte[] bytes = window.bytes();
      int from = window.entry();
      for (int i = from + seen; i < window.end(); i++) {
        if (bytes[i] == '\n') {
          return i - from;
        }
      }
      seen = window.end() - from;
    }
    throw new FormatException(STRUCTURE, window.entryOffset(), "the last line has no end");
  }

  private int pcrColumn(int from) throws FormatException {
    int value = 0;
    for (int i = from; i < from + PCR_COLUMNS; i++) {
      int c = text.at(i);
      if ((c < '0' || c > '9') && (c != ' ' || i > from)) {
        throw text.malformed(from, "expected a PCR in two columns");
      }
      value = c == ' ' ? 0 : value * 10 + (c - '0');
    }
    pcr(value);
    text.expect(from + PCR_COLUMNS, ' ');
    return PCR_COLUMNS + 1;
  }

  private int hash(int from) throws FormatException {
    int end = text.find(' ', from);
    if (end - from != 2 * hashSize) {
      throw text.malformed(
          from,
          "a template hash of %d digits, expected %d of a %s list"
              .formatted(end - from, 2 * hashSize, format().templateHash().label()));
    }
    text.hex(from, end, hash, 0);
    return end + 1;
  }

  private int template(int from) throws FormatException {
    int end = text.find(' ', from);
    if (end - from > ImaTemplate.MAX_NAME) {
      throw text.malformed(from, "a template name of %d bytes".formatted(end - from));
    }
    template(text.bytes(), from, end, text.offset(from));
    return end + 1;
  }

  /**
   * A space ends each field but the last, and a name may hold more of them (from kernels before
   * 3.13): with one name in the template all others are found from the ends of the line.
   */
  private void fields(int from) throws FormatException {
    var fields = template().fields();
    int count = fields.size();
    int names = 0;
    int name = count - 1;
    for (int i = 0; i < count; i++) {
      if (fields.get(i).kind() == ImaField.Kind.NAME) {
        names++;
        name = i;
      }
    }
    var ends = new int[count];
    int at = from;
    for (int i = 0; i < name; i++) {
      ends[i] = text.find(' ', at);
      at = ends[i] + 1;
    }
    ends[count - 1] = text.end();
    for (int i = count - 2; i >= name; i--) {
      ends[i] = text.findLast(' ', at, ends[i + 1]);
    }
    if (names != 1 && text.contains(' ', at, ends[name])) {
      throw text.malformed(at, "more spaces than the template has fields: ambiguous");
    }
    at = from;
    for (int i = 0; i < count; i++) {
      data.field(fields.get(i), text, at, ends[i]);
      at = ends[i] + 1;
    }
  }

  @Override
  byte[] data() {
    return data.bytes();
  }

  @Override
  int dataStart() {
    return 0;
  }

  @Override
  int dataSize() {
    return data.size();
  }

  @Override
  long dataOffset() {
    return window.entryOffset();
  }

  @Override
  byte[] loggedHash() {
    return hash;
  }

  @Override
  int loggedHashStart() {
    return 0;
  }
}
