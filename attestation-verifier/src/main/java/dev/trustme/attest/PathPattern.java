// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.trustme.bytes.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A regular expression (RE2, in time linear to the path) that a whole path has to match: {@code
 * /tmp} is that one name, {@code /tmp/.*} everything below. Names that are no plain absolute path
 * match none.
 */
public final class PathPattern {
  private static final int MAX_SIZE = 1000;

  private static final int DELETE = 0x7f;

  /** What the library would unroll: counts of nested repetitions multiply. */
  private static final int MAX_REPEATS = 1000;

  private static final java.util.regex.Pattern COUNTS =
      java.util.regex.Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

  private final Pattern pattern;

  private PathPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /** What is no such expression, or one that takes too much memory, is refused. */
  @JsonCreator
  public static PathPattern parse(String text) {
    Policy.require(
        text.length() <= MAX_SIZE,
        "expected a pattern of at most %d characters".formatted(MAX_SIZE));
    Policy.require(
        repeats(text) <= MAX_REPEATS,
        "%s: expected counts like {3} whose product is at most %d".formatted(text, MAX_REPEATS));
    try {
      return new PathPattern(Pattern.compile(text));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(text + ": " + e.getDescription(), e);
    }
  }

  private static long repeats(String text) {
    var counts = COUNTS.matcher(text);
    long product = 1;
    while (counts.find() && product <= MAX_REPEATS) {
      String most = counts.group(2) == null || counts.group(2).isEmpty() ? "0" : counts.group(2);
      product *= Math.max(1, Math.max(Long.parseLong(counts.group(1)), Long.parseLong(most)));
    }
    return product;
  }

  /** Whether the name is a plain path that matches from its first to its last character. */
  boolean matches(Bytes name) {
    if (!isPlain(name)) {
      return false;
    }
    try {
      return pattern.matches(StandardCharsets.UTF_8.newDecoder().decode(name.buffer()).toString());
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Absolute, without a component of dots only, without control characters. */
  private static boolean isPlain(Bytes name) {
    for (int i = 0; i < name.size(); i++) {
      if (isControl(name.at(i))) {
        return false;
      }
    }
    return !name.isEmpty() && name.at(0) == '/' && !hasDots(name);
  }

  static boolean isControl(int c) {
    return c < ' ' || c == DELETE;
  }

  /** Whether a component is "." or "..", which lead elsewhere than the name says. */
  static boolean hasDots(Bytes name) {
    int dots = 0;
    boolean others = false;
    for (int i = 0; i <= name.size(); i++) {
      int c = i == name.size() ? '/' : name.at(i);
      if (c == '/') {
        if (!others && (dots == 1 || dots == 2)) {
          return true;
        }
        dots = 0;
        others = false;
      } else if (c == '.') {
        dots++;
      } else {
        others = true;
      }
    }
    return false;
  }

  @JsonValue
  @Override
  public String toString() {
    return pattern.pattern();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathPattern that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
