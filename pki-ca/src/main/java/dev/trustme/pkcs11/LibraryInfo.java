// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Pointer;

/**
 * CK_INFO of a module. PKCS #11 2.40, 3.1.
 *
 * @param version as in {@code 2.6}
 */
public record LibraryInfo(String manufacturer, String description, String version) {
  static final int SIZE = 88;

  static LibraryInfo read(Pointer info) {
    return new LibraryInfo(
        TokenInfo.text(info, 2, 32),
        TokenInfo.text(info, 48, 32),
        "%d.%d".formatted(info.getByte(80) & 0xff, info.getByte(81) & 0xff));
  }
}
