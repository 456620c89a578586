// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

/** What a correct verifier says of a vector. */
public enum Expectation {
  /** Trusted. */
  accept,
  /** Well formed, but not trusted: the reason is the id of the first check that fails. */
  reject,
  /** Not even well formed: the reason is the structure and what is wrong with it. */
  malformed
}
