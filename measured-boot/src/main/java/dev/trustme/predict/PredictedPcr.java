// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A PCR that starts at zero, the events that will be extended into it, and what they lead to; no
 * events is a PCR that stays zero.
 *
 * @param values one of each predicted bank
 */
public record PredictedPcr(int pcr, List<Digest> values, List<PredictedEvent> events) {
  public PredictedPcr {
    values = List.copyOf(values);
    events = List.copyOf(events);
  }

  static PredictedPcr of(int pcr, Set<HashAlgorithm> banks, List<PredictedEvent> events) {
    List<Digest> values = new ArrayList<>();
    for (HashAlgorithm bank : banks) {
      var value = Digest.zero(bank);
      for (PredictedEvent event : events) {
        value = value.extend(event.digest(bank));
      }
      values.add(value);
    }
    return new PredictedPcr(pcr, values, events);
  }

  public Digest value(HashAlgorithm bank) {
    return PredictedEvent.ofBank(values, bank);
  }
}
