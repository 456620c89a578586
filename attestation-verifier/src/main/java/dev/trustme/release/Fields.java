// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import java.util.regex.Pattern;

/** Conditions on manifest fields; their messages name the field. */
final class Fields {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,127}");
  private static final int MAX_TEXT = 1024;

  private Fields() {}

  static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** Letters, digits and {@code . _ + -}: safe as a file name and on a terminal. */
  static void requireName(String field, String name) {
    require(
        NAME.matcher(name).matches(),
        "%s: expected letters, digits and . _ + - (at most 128)".formatted(field));
  }

  /** One line without control characters: safe on a terminal. */
  static void requireText(String field, String text) {
    boolean printable =
        text.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
    require(
        !text.isEmpty() && text.length() <= MAX_TEXT && printable,
        "%s: expected one printable line of 1 to %d characters".formatted(field, MAX_TEXT));
  }
}
