// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.ByteArrayOutputStream;

/** The words, strings and signs of protobuf's text format; white space and # comments part them. */
final class TextTokens {
  private static final int MAX_WORD = 64;

  private final Bytes text;
  private final String structure;
  private int at;

  TextTokens(Bytes text, String structure) {
    this.text = text;
    this.structure = structure;
  }

  /** Of the next token, in bytes. */
  int offset() {
    skip();
    return at;
  }

  boolean atEnd() {
    skip();
    return at == text.size();
  }

  boolean at(char sign) {
    return !atEnd() && text.at(at) == sign;
  }

  void take(char sign) throws FormatException {
    if (!at(sign)) {
      throw malformed("expected '%c', found %s".formatted(sign, found()));
    }
    at++;
  }

  /** Letters, digits and underscores. */
  String word(String what) throws FormatException {
    int start = offset();
    while (at < text.size() && isWord(text.at(at))) {
      at++;
    }
    if (at == start) {
      throw malformed("expected %s, found %s".formatted(what, found()));
    }
    if (at - start > MAX_WORD) {
      throw malformed("a word of more than %d characters".formatted(MAX_WORD));
    }
    return text.slice(start, at).utf8();
  }

  private static boolean isWord(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  /** A quoted string without its quotes and escapes. */
  Bytes string() throws FormatException {
    if (!at('"') && !at('\'')) {
      throw malformed("expected a string, found " + found());
    }
    int quote = text.at(at++);
    var value = new ByteArrayOutputStream();
    while (next() != quote) {
      int c = text.at(at++);
      value.write(c == '\\' ? escape() : c);
    }
    at++;
    if (at('"') || at('\'')) {
      throw malformed("two strings for one value");
    }
    return Bytes.copyOf(value.toByteArray());
  }

  private int next() throws FormatException {
    if (at == text.size() || text.at(at) == '\n' || text.at(at) == 0) {
      throw malformed("a string without an end on its line");
    }
    return text.at(at);
  }

  private int escape() throws FormatException {
    int c = next();
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '"', '\'', '\\' -> c;
      case 'x' -> digits(16, 2, 0);
      case '0', '1', '2', '3' -> digits(8, 2, c - '0');
      default -> throw malformed("an escape that readers differ about: \\" + (char) c);
    };
  }

  /** Exactly so many digits: with fewer, readers differ about where the escape ends. */
  private int digits(int radix, int count, int first) throws FormatException {
    int value = first;
    for (int i = 0; i < count; i++) {
      int digit = Character.digit(next(), radix);
      if (digit < 0) {
        throw malformed("an escape with too few digits");
      }
      value = value * radix + digit;
      at++;
    }
    return value;
  }

  private void skip() {
    boolean comment = false;
    while (at < text.size()) {
      int c = text.at(at);
      comment = c == '#' || (comment && c != '\n');
      if (!comment && c != ' ' && c != '\t' && c != '\n' && c != '\r') {
        return;
      }
      at++;
    }
  }

  private String found() {
    return at == text.size() ? "the end" : "byte %02x".formatted(text.at(at));
  }

  private FormatException malformed(String problem) {
    return new FormatException(structure, at, problem);
  }
}
