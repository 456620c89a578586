// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import java.util.Optional;

/**
 * What a digest field says of a file. The two cases never equal each other: a file's hash and the
 * hash of its fs-verity descriptor are of different things, also where the bytes are the same.
 */
public sealed interface ImaDigest {
  /** The algorithm that the field names; SHA-1 for the field {@code d}, which names none. */
  KernelHash algorithm();

  /** As long as the algorithm says, except for the 20 zero bytes of older kernels' violations. */
  Bytes value();

  /** The value with its algorithm, where it has its size and we compute it. */
  default Optional<Digest> digest() {
    return value().size() == algorithm().size() ? algorithm().digest(value()) : Optional.empty();
  }

  /** The word that a typed field has for the case. */
  String type();

  /** The hash of a file's content (or of a buffer, or the boot aggregate). */
  record FileHash(KernelHash algorithm, Bytes value) implements ImaDigest {
    @Override
    public String type() {
      return "ima";
    }
  }

  /** The fs-verity digest of a file: the hash of a descriptor that holds a Merkle tree's root. */
  record VerityDigest(KernelHash algorithm, Bytes value) implements ImaDigest {
    @Override
    public String type() {
      return "verity";
    }
  }
}
