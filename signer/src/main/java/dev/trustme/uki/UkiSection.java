// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import dev.trustme.bytes.Bytes;

/**
 * A section that is added to a stub. UAPI Group specification "Unified Kernel Image (UKI)" 1.
 *
 * @param name {@code .linux}, {@code .initrd} and so on: 1 to 8 bytes
 */
public record UkiSection(String name, Bytes content) {
  public UkiSection {
    if (!name.matches("\\.[a-z]{1,7}") || content.isEmpty()) {
      throw new IllegalArgumentException("section %s of %d bytes".formatted(name, content.size()));
    }
  }
}
