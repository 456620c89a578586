// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.HashAlgorithm;
import java.nio.ByteOrder;

/**
 * The form of a log.
 *
 * @param order of lengths and numbers: little-endian except where a big-endian kernel runs without
 *     ima_canonical_fmt
 * @param templateHash the algorithm of the logged template hashes: SHA-1, or that of one of the
 *     per-algorithm lists which kernels have since 6.9
 */
public record ImaFormat(Encoding encoding, ByteOrder order, HashAlgorithm templateHash) {
  /** The two files that the kernel shows. */
  public enum Encoding {
    BINARY,
    ASCII
  }

  /** binary_runtime_measurements of a little-endian machine. */
  public static final ImaFormat BINARY =
      new ImaFormat(Encoding.BINARY, ByteOrder.LITTLE_ENDIAN, HashAlgorithm.SHA1);

  /** ascii_runtime_measurements of a little-endian machine. */
  public static final ImaFormat ASCII =
      new ImaFormat(Encoding.ASCII, ByteOrder.LITTLE_ENDIAN, HashAlgorithm.SHA1);

  private static final int PREFIX = 4;

  /**
   * The encoding that the log's first bytes show: a line begins with a PCR number of two columns
   * and a space; a binary entry has a zero byte in its first four, whatever the order.
   */
  public static Encoding encodingOf(byte[] first) {
    for (int i = 0; i < Math.min(PREFIX, first.length); i++) {
      if (first[i] == 0) {
        return Encoding.BINARY;
      }
    }
    return first.length == 0 ? Encoding.BINARY : Encoding.ASCII;
  }

  public ImaFormat withOrder(ByteOrder other) {
    return new ImaFormat(encoding, other, templateHash);
  }

  public ImaFormat withTemplateHash(HashAlgorithm other) {
    return new ImaFormat(encoding, order, other);
  }
}
