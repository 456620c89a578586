// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * An event with its data decoded once and held against its digest in every bank.
 *
 * @param checks by bank; banks that we cannot compute are not there
 */
public record CheckedEvent(
    TcgPcrEvent2 event, EventData untrustedData, Map<HashAlgorithm, DigestCheck> checks) {
  public CheckedEvent {
    checks = Collections.unmodifiableMap(new EnumMap<>(checks));
  }

  static CheckedEvent of(TcgPcrEvent2 event) {
    EventData data = EventDataDecoder.decode(event);
    Map<HashAlgorithm, DigestCheck> checks = new EnumMap<>(HashAlgorithm.class);
    for (EventDigest entry : event.digests()) {
      entry.digest().ifPresent(digest -> put(checks, event, data, digest));
    }
    return new CheckedEvent(event, data, checks);
  }

  private static void put(
      Map<HashAlgorithm, DigestCheck> checks, TcgPcrEvent2 event, EventData data, Digest digest) {
    checks.putIfAbsent(digest.algorithm(), DigestRules.check(event, data, digest));
  }

  /**
   * Whether the data stands in the same relation to the digests of all banks. Firmware measures one
   * thing into all banks: where the data fits one digest and not another, a digest or the log was
   * changed.
   */
  public boolean banksAgree() {
    return checks.values().stream().distinct().count() <= 1;
  }
}
