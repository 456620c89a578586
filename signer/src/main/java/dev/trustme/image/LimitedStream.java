// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A decompressed stream that may not become longer than the limit: then it is an IOException. */
final class LimitedStream extends FilterInputStream {
  private final long limit;
  private long given;

  LimitedStream(InputStream in, long limit) {
    super(in);
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int got = in.read(target, offset, length);
    given += Math.max(0, got);
    if (given > limit) {
      throw new IOException("decompresses to more than %d bytes".formatted(limit));
    }
    return got;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = in.skip(count);
    given += skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
