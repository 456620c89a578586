// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page that a {@link Share} is on: strict in what stands where, lenient in spaces and case. */
final class ShareText {
  private static final String STRUCTURE = "share";
  private static final String TITLE = "trustme share 1";
  private static final int LINE_BYTES = 8;
  private static final int DATA_LINES = Share.BYTES / LINE_BYTES;
  private static final int LINES = 5 + DATA_LINES + 1;
  private static final int MAX_BYTES = 4096;
  private static final Pattern NUMBERS =
      Pattern.compile("([0-9]{1,3}) of ([0-9]{1,3}), any ([0-9]{1,3}) open it");

  private ShareText() {}

  static byte[] of(Share.Label label, byte[] value, byte[] check) {
    var text = new StringBuilder(TITLE).append('\n');
    line(text, "secret", label.secret());
    line(text, "set", label.set().hex());
    line(text, "custodian", label.custodian());
    line(
        text,
        "share",
        "%d of %d, any %d open it".formatted(label.index(), label.count(), label.threshold()));
    for (int i = 0; i < DATA_LINES; i++) {
      String hex = HexFormat.of().formatHex(value, i * LINE_BYTES, (i + 1) * LINE_BYTES);
      line(text, Integer.toString(i + 1), hex.replaceAll("(....)(?!$)", "$1 "));
    }
    line(text, "check", HexFormat.of().formatHex(check));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append("%-10s %s\n".formatted(key, value));
  }

  static Share parse(Bytes page) throws FormatException {
    if (page.size() > MAX_BYTES) {
      throw new FormatException(STRUCTURE, 0, "more than %d bytes".formatted(MAX_BYTES));
    }
    List<String> lines = page.utf8().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    if (lines.isEmpty() || !lines.getFirst().equals(TITLE)) {
      throw new FormatException(STRUCTURE, 0, "expected the first line '%s'".formatted(TITLE));
    }
    if (lines.size() != LINES) {
      throw new FormatException(
          STRUCTURE, 0, "expected %d lines, found %d".formatted(LINES, lines.size()));
    }
    var label = label(lines);
    byte[] value = new byte[Share.BYTES];
    for (int i = 0; i < DATA_LINES; i++) {
      byte[] bytes = hex(field(lines, 5 + i, Integer.toString(i + 1)), 5 + i, LINE_BYTES);
      System.arraycopy(bytes, 0, value, i * LINE_BYTES, LINE_BYTES);
    }
    byte[] check = hex(field(lines, LINES - 1, "check"), LINES - 1, 4);
    if (!Arrays.equals(check, Share.check(label, value))) {
      throw new FormatException(
          STRUCTURE,
          0,
          "the share of %s has another check: mistyped or changed".formatted(label.custodian()));
    }
    return new Share(label, value);
  }

  private static Share.Label label(List<String> lines) throws FormatException {
    String share = field(lines, 4, "share");
    Matcher numbers = NUMBERS.matcher(share);
    if (!numbers.matches()) {
      throw malformed(4, "expected 'share 1 of 3, any 2 open it'");
    }
    byte[] set = hex(field(lines, 2, "set"), 2, Share.Label.SET_BYTES);
    try {
      return new Share.Label(
          field(lines, 1, "secret"),
          Bytes.copyOf(set),
          field(lines, 3, "custodian"),
          Integer.parseInt(numbers.group(1)),
          Integer.parseInt(numbers.group(2)),
          Integer.parseInt(numbers.group(3)));
    } catch (IllegalArgumentException e) {
      throw new FormatException(STRUCTURE, 0, String.valueOf(e.getMessage()));
    }
  }

  private static String field(List<String> lines, int index, String key) throws FormatException {
    String line = lines.get(index);
    if (!line.startsWith(key + " ") && !line.startsWith(key + "\t")) {
      throw malformed(index, "expected '%s'".formatted(key));
    }
    return line.substring(key.length()).strip();
  }

  private static byte[] hex(String text, int index, int bytes) throws FormatException {
    String digits = text.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
    if (!digits.matches("[0-9a-f]*") || digits.length() != 2 * bytes) {
      throw malformed(index, "expected %d hex digits".formatted(2 * bytes));
    }
    return HexFormat.of().parseHex(digits);
  }

  /** Names the line, and nothing that stands in it. */
  private static FormatException malformed(int index, String problem) {
    return new FormatException(STRUCTURE, 0, "line %d: %s".formatted(index + 1, problem));
  }
}
