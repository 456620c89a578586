// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A secret in the first line of a file or stream, UTF-8, without its line end. */
public final class SecretLine {
  private static final int MAX_BYTES = 4096;

  private SecretLine() {}

  /** A fresh array, which the caller wipes; no characters where the line is empty. */
  public static char[] read(Path file) throws IOException {
    Inputs.requireReadable(file);
    try (var in = Files.newInputStream(file)) {
      return read(in);
    }
  }

  /** The same; reads at most 4096 bytes. */
  public static char[] read(InputStream in) throws IOException {
    byte[] content = in.readNBytes(MAX_BYTES);
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != '\r') {
      end++;
    }
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(content, 0, end));
    Arrays.fill(content, (byte) 0);
    var secret = new char[decoded.remaining()];
    decoded.duplicate().get(secret);
    Arrays.fill(decoded.array(), '\0');
    return secret;
  }
}
