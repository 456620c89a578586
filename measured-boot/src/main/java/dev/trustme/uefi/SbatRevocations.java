// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The lowest generation of each component that shim still starts: the variable SbatLevel, or a
 * level that shim carries. Lines {@code component,generation}; the first is {@code
 * sbat,VERSION,YYYYMMDDNN}. shim, SBAT.md.
 *
 * @param dateStamp of the level, for people
 * @param generations by component, {@code sbat} included
 */
public record SbatRevocations(String dateStamp, Map<String, Integer> generations) {
  private static final String STRUCTURE = "SBAT level";
  private static final int MAX_BYTES = 64 * 1024;
  private static final Pattern FIRST = Pattern.compile("sbat,([1-9][0-9]{0,3}),([0-9]{10})");
  private static final Pattern LINE = Pattern.compile("([!-+\\--~]{1,255}),([1-9][0-9]{0,8})");

  public SbatRevocations {
    generations = Collections.unmodifiableMap(new LinkedHashMap<>(generations));
  }

  public static SbatRevocations parse(Bytes text) throws FormatException {
    if (text.size() > MAX_BYTES) {
      throw new FormatException(STRUCTURE, 0, "has %d bytes".formatted(text.size()));
    }
    String content = text.utf8().replaceFirst("\0+$", "").replaceFirst("\n$", "");
    String[] lines = content.split("\n", -1);
    var first = FIRST.matcher(lines[0]);
    if (!first.matches()) {
      throw new FormatException(STRUCTURE, 0, "does not begin with sbat,VERSION,YYYYMMDDNN");
    }
    Map<String, Integer> generations = new LinkedHashMap<>();
    generations.put("sbat", Integer.valueOf(first.group(1)));
    int offset = lines[0].length() + 1;
    for (int i = 1; i < lines.length; i++) {
      var line = LINE.matcher(lines[i]);
      if (!line.matches()) {
        throw new FormatException(STRUCTURE, offset, "expected component,generation");
      }
      if (generations.put(line.group(1), Integer.valueOf(line.group(2))) != null) {
        throw new FormatException(STRUCTURE, offset, "names a component twice");
      }
      offset += lines[i].length() + 1;
    }
    return new SbatRevocations(first.group(2), generations);
  }
}
