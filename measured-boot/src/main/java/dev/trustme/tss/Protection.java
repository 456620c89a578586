// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

/** Which first parameter of a command a session encrypts. TPM 2.0 Part 1, 21. */
enum Protection {
  NONE(0),
  INPUT(0x20),
  OUTPUT(0x40),
  BOTH(0x60);

  /** TPMA_SESSION. TPM 2.0 Part 2, 8.4. */
  private final int attributes;

  Protection(int attributes) {
    this.attributes = attributes;
  }

  int attributes() {
    return attributes;
  }
}
