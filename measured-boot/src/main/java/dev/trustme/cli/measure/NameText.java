// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes that are mostly a path, in one line that is safe on a terminal. */
final class NameText {
  private NameText() {}

  /** UTF-8 with control and formatting characters escaped; what is no UTF-8 byte by byte. */
  static String of(Bytes name) {
    try {
      return Untrusted.printable(
          StandardCharsets.UTF_8.newDecoder().decode(name.buffer()).toString());
    } catch (CharacterCodingException e) {
      var out = new StringBuilder();
      for (int i = 0; i < name.size(); i++) {
        int c = name.at(i);
        out.append(c >= ' ' && c <= '~' ? String.valueOf((char) c) : "\\x%02x".formatted(c));
      }
      return out.toString();
    }
  }
}
