// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An authorization value: it never prints itself, and closing zeroes it. TPMs drop zeros at the
 * end, so they are dropped here as well. TPM 2.0 Part 1, 19.6.4.3.
 */
public final class Secret implements AutoCloseable {
  private static final int MAX_BYTES = 64;
  private static final int MAX_UTF8_BYTES = 4;

  private final byte[] value;

  private Secret(byte[] value) {
    this.value = value;
  }

  /** The empty authorization value, which everybody knows. */
  public static Secret none() {
    return new Secret(new byte[0]);
  }

  /** These bytes, copied; at most 64, and the object's name algorithm may allow fewer. */
  public static Secret of(byte[] value) {
    int size = value.length;
    while (size > 0 && value[size - 1] == 0) {
      size--;
    }
    if (size > MAX_BYTES) {
      throw new IllegalArgumentException("an authorization value of %d bytes".formatted(size));
    }
    return new Secret(Arrays.copyOf(value, size));
  }

  /** The UTF-8 bytes of these characters, as tpm2-tools take a password. */
  public static Secret of(char[] text) {
    var bytes = new byte[text.length * MAX_UTF8_BYTES];
    try {
      var encoded = ByteBuffer.wrap(bytes);
      var result = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text), encoded, true);
      if (result.isError()) {
        throw new IllegalArgumentException("an authorization value that is no text");
      }
      return of(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** In bytes. */
  public int size() {
    return value.length;
  }

  /** Writes TPM2B_AUTH, 2 + size bytes, at this position. */
  void putTpm2b(ByteBuffer target) {
    target.putShort((short) value.length).put(value);
  }

  @Override
  public void close() {
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
