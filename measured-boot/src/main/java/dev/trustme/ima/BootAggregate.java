// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first entry of every log, which ties it to what was measured before the kernel: the hash of
 * the boot's PCRs, of the bank whose algorithm its digest names.
 */
public enum BootAggregate {
  /** PCR 0 to 9: since Linux 5.8, in all banks but SHA-1. */
  PCR_0_TO_9(10),
  /** PCR 0 to 7: the SHA-1 bank, and all banks of older kernels. */
  PCR_0_TO_7(8);

  private final int pcrs;

  BootAggregate(int pcrs) {
    this.pcrs = pcrs;
  }

  /** How many PCRs are hashed, from PCR 0. */
  public int pcrs() {
    return pcrs;
  }

  /** The hash of the PCRs' values; empty if one is missing. */
  public Optional<Digest> of(HashAlgorithm bank, Map<Integer, Digest> values) {
    List<Bytes> parts = new ArrayList<>();
    for (int pcr = 0; pcr < pcrs; pcr++) {
      Digest value = values.get(pcr);
      if (value == null || value.algorithm() != bank) {
        return Optional.empty();
      }
      parts.add(value.value());
    }
    return Optional.of(bank.digest(parts.toArray(Bytes[]::new)));
  }

  /**
   * Which variant this boot aggregate is of these PCR values, all of one bank; empty if of none. A
   * SHA-1 aggregate only ever covers PCR 0 to 7.
   */
  public static Optional<BootAggregate> find(Digest aggregate, Map<Integer, Digest> values) {
    for (BootAggregate variant : values()) {
      boolean possible = aggregate.algorithm() != HashAlgorithm.SHA1 || variant == PCR_0_TO_7;
      if (possible && variant.of(aggregate.algorithm(), values).equals(Optional.of(aggregate))) {
        return Optional.of(variant);
      }
    }
    return Optional.empty();
  }
}
