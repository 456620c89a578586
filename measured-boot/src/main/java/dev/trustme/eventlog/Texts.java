// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Text in event data, of which no field says how it is encoded. */
final class Texts {
  private Texts() {}

  /** UTF-16LE as stubs write it, or 8-bit text as GRUB and Linux do; NULs at the end dropped. */
  static Optional<String> loaderText(Bytes data) {
    if (data.size() < 2 || data.at(1) != 0) {
      return strict(data, StandardCharsets.UTF_8);
    }
    // Old versions of systemd-boot log one byte less than they measure: half of the NUL.
    boolean half = data.size() % 2 == 1 && data.at(data.size() - 1) == 0;
    Bytes units = half ? data.slice(0, data.size() - 1) : data;
    return strict(
        units, units.size() % 2 == 0 ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
  }

  /** Text in that encoding, NULs at the end dropped. */
  static Optional<String> strict(Bytes data, Charset charset) {
    try {
      String text = charset.newDecoder().decode(data.buffer()).toString();
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) == '\0') {
        end--;
      }
      return Optional.of(text.substring(0, end));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** A firmware's string: printable ASCII in bytes or in UTF-16LE, NULs at the end dropped. */
  static Optional<String> firmwareText(Bytes data) {
    Optional<String> wide =
        data.size() % 2 == 0
            ? strict(data, StandardCharsets.UTF_16LE).filter(Texts::isPrintable)
            : Optional.empty();
    return wide.or(() -> strict(data, StandardCharsets.US_ASCII).filter(Texts::isPrintable));
  }

  static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }
}
