// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;

/** A PCR that starts at zero, the events that will be extended into it, and what they lead to. */
public record PredictedPcr(int pcr, Digest value, List<PredictedEvent> events) {
  public PredictedPcr {
    events = List.copyOf(events);
  }

  static PredictedPcr of(int pcr, HashAlgorithm bank, List<PredictedEvent> events) {
    var value = Digest.zero(bank);
    for (PredictedEvent event : events) {
      value = value.extend(event.digest());
    }
    return new PredictedPcr(pcr, value, events);
  }
}
