// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An immutable byte string: copied in, copied out, compared by content, printed as lower-case hex.
 */
public final class Bytes {
  private static final Bytes EMPTY = new Bytes(new byte[0]);
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  public static Bytes empty() {
    return EMPTY;
  }

  public static Bytes copyOf(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value.clone());
  }

  /** Takes the array over without a copy: nobody else may keep it. */
  static Bytes owning(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value);
  }

  /** The remaining bytes of the buffer, whose position is left alone. */
  public static Bytes copyOf(ByteBuffer buffer) {
    var copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return new Bytes(copy);
  }

  /**
   * What the stream still has, at most {@code limit} bytes and one more.
   *
   * @param expected how many there probably are: so much memory is taken at once
   */
  public static Bytes read(InputStream in, int expected, int limit) throws IOException {
    var start = new byte[Math.min(expected, limit)];
    int got = in.readNBytes(start, 0, start.length);
    var rest = got < start.length ? new byte[0] : in.readNBytes(limit - got + 1);
    if (rest.length == 0) {
      return owning(got == start.length ? start : Arrays.copyOf(start, got));
    }
    var all = Arrays.copyOf(start, got + rest.length);
    System.arraycopy(rest, 0, all, got, rest.length);
    return owning(all);
  }

  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Lower- or upper-case hex, nothing else; anything else is an IllegalArgumentException. */
  public static Bytes fromHex(String hex) {
    return new Bytes(HexFormat.of().parseHex(hex));
  }

  /** Base64 as {@link #base64} writes it: padded, no line ends, unused bits zero. */
  @JsonCreator
  public static Bytes fromBase64(String base64) {
    var bytes = new Bytes(Base64.getDecoder().decode(base64));
    if (!isWhole(base64)) {
      throw new IllegalArgumentException("base64 without its padding or with unused bits set");
    }
    return bytes;
  }

  /** The same of ASCII in that range of an array; empty if it is anything else. */
  public static Optional<Bytes> fromBase64(byte[] ascii, int from, int to) {
    var last = new String(ascii, Math.max(from, to - 4), Math.min(4, to - from), ISO_8859_1);
    try {
      var decoded = Base64.getDecoder().decode(ByteBuffer.wrap(ascii, from, to - from));
      boolean filled = decoded.remaining() == decoded.array().length;
      return filled && (to - from) % 4 == 0 && isWhole(last)
          ? Optional.of(owning(decoded.array()))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Of text that decodes, only the last four characters can be written in another way. */
  private static boolean isWhole(String base64) {
    int size = base64.length();
    if (size % 4 != 0) {
      return false;
    }
    String last = base64.substring(Math.max(0, size - 4));
    return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(last)).equals(last);
  }

  public static Bytes zeros(int size) {
    return new Bytes(new byte[size]);
  }

  public static Bytes concat(Bytes... parts) {
    int size = Arrays.stream(parts).mapToInt(Bytes::size).sum();
    var joined = new byte[size];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.value, 0, joined, at, part.value.length);
      at += part.value.length;
    }
    return new Bytes(joined);
  }

  public int size() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** The byte at the index, 0 to 255. */
  public int at(int index) {
    return value[index] & 0xff;
  }

  public Bytes slice(int from, int to) {
    return new Bytes(Arrays.copyOfRange(value, checkIndex(from), checkIndex(to)));
  }

  private int checkIndex(int index) {
    if (index < 0 || index > value.length) {
      throw new IndexOutOfBoundsException("%d of %d".formatted(index, value.length));
    }
    return index;
  }

  public boolean startsWith(Bytes prefix) {
    return value.length >= prefix.value.length
        && Arrays.equals(value, 0, prefix.value.length, prefix.value, 0, prefix.value.length);
  }

  /** Whether the first {@code size} of these are the array's bytes of that range. */
  public boolean startsWith(int size, byte[] array, int from, int to) {
    return Arrays.equals(value, 0, size, array, from, to);
  }

  public boolean isAllZero() {
    for (byte b : value) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether no byte has its highest bit set, so that these are UTF-8 as they are. */
  public boolean isAscii() {
    long bits = 0;
    int at = 0;
    for (; at + 4 * Long.BYTES <= value.length; at += 4 * Long.BYTES) {
      bits |=
          (long) EIGHT.get(value, at)
              | (long) EIGHT.get(value, at + Long.BYTES)
              | (long) EIGHT.get(value, at + 2 * Long.BYTES)
              | (long) EIGHT.get(value, at + 3 * Long.BYTES);
    }
    for (; at < value.length; at++) {
      bits |= value[at] & 0x80;
    }
    return (bits & 0x8080808080808080L) == 0;
  }

  public byte[] toArray() {
    return value.clone();
  }

  /** A read-only view; big-endian, as every new buffer is. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(value).asReadOnlyBuffer();
  }

  /** Reads these bytes, without a copy of all of them. */
  public InputStream stream() {
    return new ByteArrayInputStream(value);
  }

  /** Feeds these bytes to a digest, without a copy. */
  public void addTo(MessageDigest digest) {
    digest.update(value);
  }

  /** Copies these bytes into the array, which must have the room. */
  public void copyTo(byte[] array, int at) {
    copyTo(array, at, 0);
  }

  /** Copies these bytes from one on. */
  public void copyTo(byte[] array, int at, int from) {
    System.arraycopy(value, from, array, at, value.length - from);
  }

  public String hex() {
    return HexFormat.of().formatHex(value);
  }

  @JsonValue
  public String base64() {
    return Base64.getEncoder().encodeToString(value);
  }

  public String utf8() {
    return new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return hex();
  }
}
