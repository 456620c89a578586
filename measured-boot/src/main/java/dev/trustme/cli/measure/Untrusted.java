// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Bytes and text of a log, safe to show on a terminal: a log may hold anything. */
final class Untrusted {
  private static final int RAW_SHOWN = 16;
  private static final int DUMP_WIDTH = 16;

  private Untrusted() {}

  /** Control and formatting characters as escapes. */
  static String printable(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (isShown(c)) {
            out.appendCodePoint(c);
          } else {
            out.append("\\u{%x}".formatted(c));
          }
        });
    return out.toString();
  }

  static boolean isShown(int c) {
    int kind = Character.getType(c);
    return kind != Character.CONTROL
        && kind != Character.FORMAT
        && kind != Character.LINE_SEPARATOR
        && kind != Character.PARAGRAPH_SEPARATOR
        && kind != Character.SURROGATE
        && kind != Character.UNASSIGNED
        && kind != Character.PRIVATE_USE;
  }

  /** The text in quotes. */
  static String quoted(String text) {
    return "\"" + printable(text) + "\"";
  }

  static String textOrHex(Bytes raw) {
    int end = raw.size();
    while (end > 0 && raw.at(end - 1) == 0) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      if (raw.at(i) < ' ' || raw.at(i) > '~') {
        return hex(raw);
      }
    }
    return end == 0 ? hex(raw) : raw.slice(0, end).utf8();
  }

  /** The first bytes in hex, and how many there are. */
  static String hex(Bytes raw) {
    if (raw.isEmpty()) {
      return "(empty)";
    }
    return raw.size() <= RAW_SHOWN
        ? raw.hex()
        : "%s… (%d bytes)".formatted(raw.slice(0, RAW_SHOWN).hex(), raw.size());
  }

  /** All bytes: offset, hex, printable ASCII. */
  static List<String> dump(Bytes raw) {
    List<String> lines = new ArrayList<>();
    for (int at = 0; at < raw.size(); at += DUMP_WIDTH) {
      Bytes row = raw.slice(at, Math.min(raw.size(), at + DUMP_WIDTH));
      var hex = new StringBuilder();
      var text = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int b = row.at(i);
        hex.append("%02x ".formatted(b));
        text.append(b >= ' ' && b <= '~' ? (char) b : '.');
      }
      lines.add("%06x  %-48s %s".formatted(at, hex, text));
    }
    return lines;
  }
}
