// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/** Text that no loader changes on its way: printable ASCII. */
final class Ascii {
  private Ascii() {}

  /** Refuses other bytes than printable ASCII and those allowed; offsets are from the start. */
  static void require(String structure, Bytes text, int... allowed) throws FormatException {
    for (int i = 0; i < text.size(); i++) {
      if (text.at(i) < ' ' || text.at(i) > '~') {
        requireAllowed(structure, i, text.at(i), allowed);
      }
    }
  }

  private static void requireAllowed(String structure, int offset, int value, int... allowed)
      throws FormatException {
    for (int other : allowed) {
      if (other == value) {
        return;
      }
    }
    throw new FormatException(
        structure, offset, "byte 0x%02x: printable ASCII is needed".formatted(value));
  }
}
