// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

/** How a record's digest of one bank relates to its content. */
public enum CelCheck {
  /** The digest is the hash of the content: what is shown is what was measured. */
  VERIFIED,
  /** The content is not, or not wholly, what was hashed. */
  UNVERIFIABLE,
  /** The content is what is hashed for its type, and the digest is another. */
  MISMATCH
}
