// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import dev.trustme.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * A tar archive on its way to the library that reads it. Stops, with an IOException, what would
 * make the library take memory without bound or see other entries than other readers: long extended
 * headers, sizes that an extended header changes, global names, names that are not UTF-8 (which the
 * library would change), links and folders with content. POSIX.1-2017, pax, "ustar Interchange
 * Format" and "pax Header Block".
 */
public final class TarGuard extends FilterInputStream {
  private static final int BLOCK = 512;
  private static final int MAX_EXTENDED = 1 << 20;
  private static final Set<String> GLOBAL_NAMES = Set.of("path", "linkpath");

  private final byte[] header = new byte[BLOCK];
  private final ByteArrayOutputStream extended = new ByteArrayOutputStream();
  private int headerFilled;
  private char type = '0';
  private long size;
  private long contentLeft;
  private long position;
  private boolean ended;
  private boolean named;
  private boolean linked;

  public TarGuard(InputStream in) {
    super(in);
  }

  /** Bytes given so far. */
  long position() {
    return position;
  }

  /** Bytes of the entry that were not given yet, padding included. */
  long entryLeft() {
    return contentLeft;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    long segment = contentLeft > 0 ? contentLeft : BLOCK - headerFilled;
    int got = in.read(target, offset, (int) Math.min(length, segment));
    if (got <= 0) {
      requireNoRest();
      return got;
    }
    position += got;
    if (contentLeft > 0) {
      content(target, offset, got);
    } else {
      System.arraycopy(target, offset, header, headerFilled, got);
      headerFilled += got;
      if (headerFilled == BLOCK) {
        headerFilled = 0;
        header();
      }
    }
    return got;
  }

  @Override
  public long skip(long count) throws IOException {
    if (contentLeft > 0 && !extendedHeader() && count > 0) {
      long skipped = in.skip(Math.min(count, contentLeft));
      contentLeft -= skipped;
      position += skipped;
      if (skipped > 0) {
        return skipped;
      }
    }
    return count <= 0 || read() < 0 ? 0 : 1;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** What follows the end is no whole block: it must be zero too. */
  private void requireNoRest() throws IOException {
    if (ended && !Bytes.copyOf(Arrays.copyOf(header, headerFilled)).isAllZero()) {
      throw new IOException("data after the end of the archive");
    }
  }

  private boolean extendedHeader() {
    return type == 'x' || type == 'g' || type == 'X' || type == 'L' || type == 'K';
  }

  private void header() throws IOException {
    boolean zero = Bytes.copyOf(header).isAllZero();
    if (ended && !zero) {
      throw new IOException("data after the end of the archive");
    }
    ended = zero;
    type = header[156] == 0 ? '0' : (char) (header[156] & 0xff);
    size = number(124, 12);
    if (type >= '1' && type <= '6' && size != 0) {
      throw new IOException("a link, folder or device with content");
    }
    if (extendedHeader() && size > MAX_EXTENDED) {
      throw new IOException("an extended header of %d bytes".formatted(size));
    }
    contentLeft = (size + BLOCK - 1) / BLOCK * BLOCK;
    extended.reset();
    if (!extendedHeader()) {
      names();
    }
  }

  /** A name in a header counts where no extended header gave it. */
  private void names() throws IOException {
    if (!named) {
      requireUtf8(header, 0, 100);
      requireUtf8(header, 345, 155);
    }
    if (!linked) {
      requireUtf8(header, 157, 100);
    }
    named = false;
    linked = false;
  }

  private static void requireUtf8(byte[] text, int from, int length) throws IOException {
    try {
      var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text, from, length));
    } catch (CharacterCodingException e) {
      throw new IOException("a name that is not UTF-8");
    }
  }

  /** Octal digits with spaces or NULs around them, or base 256 where the first bit is set. */
  private long number(int at, int length) throws IOException {
    long value = 0;
    if ((header[at] & 0x80) != 0) {
      value = header[at] & 0x7f;
      for (int i = at + 1; i < at + length; i++) {
        if (value >>> 48 != 0) {
          throw new IOException("a size beyond 2^56");
        }
        value = value << 8 | (header[i] & 0xff);
      }
      return value;
    }
    for (int i = at; i < at + length; i++) {
      if (header[i] >= '0' && header[i] <= '7') {
        value = value * 8 + (header[i] - '0');
      } else if (header[i] != ' ' && header[i] != 0) {
        throw new IOException("a size that is no number");
      }
    }
    return value;
  }

  private void content(byte[] from, int offset, int count) throws IOException {
    contentLeft -= count;
    if (!extendedHeader()) {
      return;
    }
    boolean complete = extended.size() >= size;
    extended.write(from, offset, count);
    if (complete || extended.size() < size) {
      return;
    }
    if (type == 'L' || type == 'K') {
      requireUtf8(extended.toByteArray(), 0, (int) size);
      named |= type == 'L';
      linked |= type == 'K';
    } else {
      records(extended.toString(StandardCharsets.ISO_8859_1).substring(0, (int) size));
    }
  }

  /** Each record is {@code LENGTH KEY=VALUE\n}, the length counting all of it. */
  private void records(String all) throws IOException {
    for (int at = 0; at < all.length(); ) {
      int space = all.indexOf(' ', at);
      int equals = all.indexOf('=', space);
      if (space <= at
          || space - at > 8
          || equals < 0
          || !all.substring(at, space).matches("\\d+")) {
        throw new IOException("an extended header that is no list of records");
      }
      int end = at + Integer.parseInt(all.substring(at, space));
      if (end <= equals || end > all.length() || all.charAt(end - 1) != '\n') {
        throw new IOException("an extended header whose records have wrong lengths");
      }
      record(all.substring(space + 1, equals), all.substring(equals + 1, end - 1));
      at = end;
    }
  }

  private void record(String key, String value) throws IOException {
    if (key.equals("path") || key.equals("linkpath")) {
      byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
      requireUtf8(bytes, 0, bytes.length);
      named |= key.equals("path");
      linked |= key.equals("linkpath");
    }
    if (key.equals("size") || key.startsWith("GNU.sparse.")) {
      throw new IOException("an extended header that sets '%s'".formatted(key));
    }
    if (type == 'g' && GLOBAL_NAMES.contains(key)) {
      throw new IOException("a global header that sets '%s'".formatted(key));
    }
  }
}
