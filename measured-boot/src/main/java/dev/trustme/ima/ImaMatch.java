// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

/** How a log relates to a quoted value of its PCR. */
public sealed interface ImaMatch {
  /** All entries together lead to the value. */
  record Exact(long entries) implements ImaMatch {}

  /**
   * The first {@code entries} lead to the value; {@code ahead} more follow, which no quote covers:
   * the log was read after the quote was made.
   */
  record LogAhead(long entries, long ahead) implements ImaMatch {}

  /** No number of entries leads to the value: the log ends before the quote, or was altered. */
  record None(long entries) implements ImaMatch {}
}
