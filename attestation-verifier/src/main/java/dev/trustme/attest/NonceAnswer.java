// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

/** What the verifier knows of a nonce at the one moment it is answered. */
public sealed interface NonceAnswer {
  /** Given out and now used up. */
  record Consumed(Challenge challenge) implements NonceAnswer {}

  /** Answered before. */
  record AlreadyUsed(Challenge challenge) implements NonceAnswer {}

  /** Never given out here. */
  record Unknown() implements NonceAnswer {}
}
