// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;

/**
 * One device's evidence as it was found.
 *
 * @param number its place in the input, from 1; evidence that is not new has none of its own
 * @param name the file, or the file and its line
 */
record FleetItem(long number, String name, Content content) {
  /** What was found there. */
  sealed interface Content {
    /** Something to judge. */
    record Found(Bytes evidence) implements Content {}

    /** More bytes than evidence may have; {@code digest} is over all of them. */
    record TooLarge(Digest digest) implements Content {}

    /** A file that cannot be read at all. */
    record Unreadable(String problem) implements Content {}
  }
}
