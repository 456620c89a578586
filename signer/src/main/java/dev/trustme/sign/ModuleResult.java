// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Digest;
import java.util.Locale;

/**
 * What became of one module.
 *
 * @param sha256 of the module as it is now, uncompressed, with its signature if it has one
 */
public record ModuleResult(String name, Kind kind, Digest sha256) {
  /** What was done with it. */
  public enum Kind {
    /** It had no signature. */
    SIGNED,
    /** This key's signature was there and is valid; nothing was changed. */
    ALREADY_SIGNED,
    /** Another signature was taken off first. */
    REPLACED,
    /** Another key's signature is there and stays. */
    SKIPPED,
    /** A signature was taken off. */
    STRIPPED,
    /** There was none to take off. */
    UNSIGNED;

    /** In reports: {@code already-signed}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a new signature was made, which the signing log tells. */
    public boolean signed() {
      return this == SIGNED || this == REPLACED;
    }

    boolean changed() {
      return signed() || this == STRIPPED;
    }
  }
}
