// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Extends a log's records into their PCRs and NV indices, from zero. */
public final class CelReplay {
  private CelReplay() {}

  /** The banks for which every record has a digest. */
  public static Set<HashAlgorithm> banks(CelLog log) {
    var banks = EnumSet.noneOf(HashAlgorithm.class);
    for (HashAlgorithm bank : HashAlgorithm.values()) {
      if (!log.events().isEmpty()
          && log.events().stream().allMatch(e -> e.digest(bank).isPresent())) {
        banks.add(bank);
      }
    }
    return banks;
  }

  /**
   * What the log leads to in this bank, in the order of first use. A PCR that others extend too
   * (systemd's log goes on where firmware's ends) holds this only if it was zero before.
   *
   * @throws IllegalArgumentException if a record has no digest of the bank
   */
  public static Map<CelHandle, Digest> replay(CelLog log, HashAlgorithm bank) {
    return replay(log, bank, Map.of());
  }

  /** The same, going on from these values. */
  public static Map<CelHandle, Digest> replay(
      CelLog log, HashAlgorithm bank, Map<CelHandle, Digest> before) {
    Map<CelHandle, Digest> values = new LinkedHashMap<>();
    for (TpmsCelEvent event : log.events()) {
      Optional<Digest> measured = event.digest(bank);
      if (measured.isEmpty()) {
        throw new IllegalArgumentException("a record has no digest of " + bank.label());
      }
      Digest start = before.getOrDefault(event.handle(), Digest.zero(bank));
      Digest value = values.getOrDefault(event.handle(), start);
      values.put(event.handle(), value.extend(measured.get()));
    }
    return values;
  }
}
