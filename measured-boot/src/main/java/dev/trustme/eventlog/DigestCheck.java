// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

/** An event's digest of one bank, held against its data. Only verified data may be believed. */
public sealed interface DigestCheck {

  /** The digest is what the specification says for this type and data. */
  record Verified() implements DigestCheck {}

  /**
   * The digest follows from the data by a rule that only some implementations use.
   *
   * @param id the rule's stable name
   */
  record VerifiedWithQuirk(String id) implements DigestCheck {}

  /** What was measured is not in the log: an image, a file, a memory region. */
  record Unverifiable() implements DigestCheck {}

  /** The digest should follow from the data and does not. */
  record Mismatch() implements DigestCheck {}

  /** One word for tables. */
  default String label() {
    return switch (this) {
      case Verified verified -> "VERIFIED";
      case VerifiedWithQuirk quirk -> "VERIFIED_WITH_QUIRK(" + quirk.id() + ")";
      case Unverifiable unverifiable -> "UNVERIFIABLE";
      case Mismatch mismatch -> "MISMATCH";
    };
  }
}
