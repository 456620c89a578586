// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

/**
 * Words that may come from the evidence, made safe to show: nothing in them steers a terminal or
 * turns a line around, and no word is longer than a reader can bear.
 */
final class Shown {
  /** Longest piece of foreign text in a report, in characters. */
  static final int MAX = 2000;

  private static final int REPLACEMENT = 0xfffd;

  private Shown() {}

  static String text(String words) {
    return text(words, MAX);
  }

  /** At most {@code max} characters of it, and how many there were. */
  static String text(String words, int max) {
    var out = new StringBuilder();
    words
        .codePoints()
        .limit(max)
        .map(c -> shown(c) ? c : REPLACEMENT)
        .forEach(out::appendCodePoint);
    return words.length() <= max || words.codePointCount(0, words.length()) <= max
        ? out.toString()
        : out.append("… (%d characters)".formatted(words.length())).toString();
  }

  /** Also outside of what XML 1.0 allows: surrogates alone, U+FFFE and U+FFFF (unassigned). */
  private static boolean shown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          false;
      default -> true;
    };
  }
}
