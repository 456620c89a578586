// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * One event that will be measured.
 *
 * @param type the TCG event type's name; {@code systemd-phase} for what userspace measures
 * @param name what is measured: a variable, a section, an action
 * @param component what it changes with: {@code secure-boot} (the variables), {@code firmware} (the
 *     boot options tried), {@code shim}, {@code systemd-boot}, {@code uki}, {@code kernel}, {@code
 *     phase}
 * @param digests one of each predicted bank
 */
public record PredictedEvent(
    int pcr, String type, String name, String component, List<Digest> digests) {
  public PredictedEvent {
    digests = List.copyOf(digests);
  }

  public Digest digest(HashAlgorithm bank) {
    return ofBank(digests, bank);
  }

  static Digest ofBank(List<Digest> digests, HashAlgorithm bank) {
    return digests.stream()
        .filter(d -> d.algorithm() == bank)
        .findFirst()
        .orElseThrow(
            () -> new NoSuchElementException("bank %s is not predicted".formatted(bank.label())));
  }
}
