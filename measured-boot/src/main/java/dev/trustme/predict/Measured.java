// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgEventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One thing that will be measured, before it is hashed for a bank.
 *
 * @param component who or what it belongs to: {@code firmware}, {@code shim}, {@code uki}
 */
record Measured(int pcr, String type, String name, String component, Content content) {

  /** What is extended, per bank. */
  interface Content {
    Digest digest(HashAlgorithm bank) throws FormatException;
  }

  static Measured of(int pcr, TcgEventType type, String name, String component, Bytes content) {
    return new Measured(pcr, type.name(), name, component, bank -> bank.digest(content));
  }

  PredictedEvent in(Set<HashAlgorithm> banks) throws FormatException {
    List<Digest> digests = new ArrayList<>();
    for (HashAlgorithm bank : banks) {
      digests.add(content.digest(bank));
    }
    return new PredictedEvent(pcr, type, name, component, digests);
  }
}
