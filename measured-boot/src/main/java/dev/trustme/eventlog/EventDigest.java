// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;

/**
 * TPMT_HA of a log entry. Algorithms that we cannot compute (SM3) are kept as they are and take no
 * part in a replay.
 *
 * @param algorithmId the TPM_ALG_ID
 */
public record EventDigest(int algorithmId, Bytes value) {
  public EventDigest {
    var known = HashAlgorithm.byTpmAlgId(algorithmId);
    if (known.isPresent() && known.get().size() != value.size()) {
      throw new IllegalArgumentException(
          "%s digest of %d bytes".formatted(known.get().label(), value.size()));
    }
  }

  public static EventDigest of(Digest digest) {
    return new EventDigest(digest.algorithm().tpmAlgId(), digest.value());
  }

  /** The digest, where the algorithm is one that we compute. */
  public Optional<Digest> digest() {
    return HashAlgorithm.byTpmAlgId(algorithmId).map(algorithm -> new Digest(algorithm, value));
  }
}
