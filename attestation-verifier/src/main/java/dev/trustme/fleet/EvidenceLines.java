// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.fleet.FleetItem.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * Evidence in lines (NDJSON): one after the other, with no more in memory than one line may have. A
 * line that is longer is passed over and told. Blank lines are none.
 */
final class EvidenceLines {
  private static final int BUFFER = 64 * 1024;

  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;
  private long number;

  /** {@code limit}: the longest line that is read, in bytes. */
  EvidenceLines(InputStream in, long limit) {
    this.in = in;
    this.limit = Math.toIntExact(limit);
  }

  /** The number of the line that was read last, from 1. */
  long number() {
    return number;
  }

  /** The next line that is not blank. */
  Optional<Content> next() throws IOException {
    while (fill()) {
      number++;
      var line = line();
      if (!(line instanceof Content.Found found) || !isBlank(found.evidence())) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private boolean fill() throws IOException {
    if (from == to) {
      from = 0;
      to = Math.max(0, in.read(buffer));
    }
    return from < to;
  }

  private Content line() throws IOException {
    byte[] line = {};
    int size = 0;
    while (fill()) {
      int end = lineEnd();
      int more = end - from;
      if (size + (long) more > limit) {
        return tooLarge(line, size);
      }
      if (size + more > line.length) {
        line = Arrays.copyOf(line, Math.min(limit, Math.max(size + more, 2 * line.length)));
      }
      System.arraycopy(buffer, from, line, size, more);
      size += more;
      from = end;
      if (endsHere()) {
        break;
      }
    }
    return new Content.Found(Bytes.copyOf(ByteBuffer.wrap(line, 0, size)));
  }

  private Content tooLarge(byte[] line, int size) throws IOException {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    digest.update(line, 0, size);
    while (fill()) {
      int end = lineEnd();
      digest.update(buffer, from, end - from);
      from = end;
      if (endsHere()) {
        break;
      }
    }
    return new Content.TooLarge(new Digest(HashAlgorithm.SHA256, Bytes.copyOf(digest.digest())));
  }

  /** Where the line ends in the buffer, or the buffer does. */
  private int lineEnd() {
    int end = from;
    while (end < to && buffer[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Takes the line end, if it is the next byte. */
  private boolean endsHere() {
    if (from < to && buffer[from] == '\n') {
      from++;
      return true;
    }
    return false;
  }

  private static boolean isBlank(Bytes line) {
    for (int i = 0; i < line.size(); i++) {
      if (line.at(i) > ' ') {
        return false;
      }
    }
    return true;
  }
}
