// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.regex.Pattern;

/**
 * An SBAT level: CSV text that begins with {@code sbat,1,YYYYMMDDNN}; a later date stamp is a
 * higher level. shim, SBAT.md.
 */
public record SbatLevel(Bytes text, int version, long dateStamp) {
  private static final Pattern FIRST = Pattern.compile("sbat,([1-9][0-9]{0,3}),([0-9]{10})\n");

  static SbatLevel parse(String structure, Bytes text) throws FormatException {
    var matcher = FIRST.matcher(text.utf8());
    if (!matcher.lookingAt()) {
      throw new FormatException(structure, 0, "does not begin with sbat,VERSION,YYYYMMDDNN");
    }
    return new SbatLevel(
        text, Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
  }

  /** Whether shim keeps this level, which is stored, when it would write the other. */
  boolean keptAgainst(SbatLevel other) {
    return version > other.version || dateStamp >= other.dateStamp;
  }
}
