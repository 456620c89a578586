// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Tar archives header by header, right and wrong ones; POSIX.1-2017, "ustar Interchange Format".
 */
final class RawTar {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** An entry with content. */
  RawTar file(String name, Bytes content) {
    return entry(name, '0', "", content, 0644);
  }

  RawTar file(String name, String content) {
    return file(name, Bytes.utf8(content));
  }

  /** An entry without content: a link, folder or device. */
  RawTar node(String name, char type, String target) {
    return entry(name, type, target, Bytes.empty(), 0755);
  }

  RawTar entry(String name, char type, String target, Bytes content, int mode) {
    header(name, type, target, content.size(), mode);
    return data(content);
  }

  /** One record of an extended header: {@code LENGTH KEY=VALUE\n}. */
  RawTar extended(char type, String key, String value) {
    int length = key.length() + value.length() + 3;
    int total = length + Integer.toString(length).length();
    if (Integer.toString(total).length() > Integer.toString(length).length()) {
      total++;
    }
    return entry(
        "PaxHeader", type, "", Bytes.utf8("%d %s=%s\n".formatted(total, key, value)), 0644);
  }

  RawTar header(String name, char type, String target, long size, int mode) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, "%011o".formatted(size));
    put(header, 136, "00000000000");
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 157, target);
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0".formatted(sum));
    out.writeBytes(header);
    return this;
  }

  RawTar data(Bytes content) {
    out.writeBytes(content.toArray());
    out.writeBytes(new byte[(BLOCK - content.size() % BLOCK) % BLOCK]);
    return this;
  }

  /** The archive with its two empty blocks. */
  Bytes end() {
    return Bytes.concat(Bytes.copyOf(out.toByteArray()), Bytes.zeros(2 * BLOCK));
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
