// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.bytes.Digest;
import java.util.HashSet;
import java.util.Set;

/**
 * Which evidence was judged already: in this pass over the input, or in an earlier attempt. Keeps
 * 128 bits of each digest; whoever finds two with the same ones keeps evidence of their own from
 * being judged.
 */
final class SeenEvidence {
  private record Key(long high, long low) {
    static Key of(Digest digest) {
      var bytes = digest.value().buffer();
      return new Key(bytes.getLong(), bytes.getLong());
    }
  }

  private final Set<Key> earlier = new HashSet<>();
  private final Set<Key> now = new HashSet<>();
  private long repeated;

  synchronized void judgedEarlier(Digest digest) {
    earlier.add(Key.of(digest));
  }

  /** Whether the evidence is still to be judged; it is not the next time. */
  synchronized boolean isNew(Digest digest) {
    var key = Key.of(digest);
    if (!now.add(key)) {
      repeated++;
      return false;
    }
    return !earlier.remove(key);
  }

  /** How often evidence came that had come before, byte for byte. */
  synchronized long repeated() {
    return repeated;
  }
}
