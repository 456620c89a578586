// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** A CC event log and the RTMR values that it leads to. Only {@link CcReplay} makes one. */
public final class ReplayedCcLog {
  private final CcEventLog log;
  private final Map<HashAlgorithm, List<Digest>> registers;
  private final SortedSet<CcRegister> measuredRegisters;

  ReplayedCcLog(
      CcEventLog log,
      Map<HashAlgorithm, List<Digest>> registers,
      SortedSet<CcRegister> measuredRegisters) {
    this.log = log;
    this.registers = Collections.unmodifiableMap(new EnumMap<>(registers));
    this.measuredRegisters = Collections.unmodifiableSortedSet(new TreeSet<>(measuredRegisters));
  }

  public CcEventLog log() {
    return log;
  }

  /** The banks for which every measuring event holds a digest; SHA-384 alone on TDX. */
  public Set<HashAlgorithm> banks() {
    return registers.keySet();
  }

  /** The value of RTMR0 to RTMR3; a log says nothing of MRTD. */
  public Digest register(HashAlgorithm bank, CcRegister register) {
    var values = registers.get(bank);
    if (values == null || register == CcRegister.MRTD) {
      throw new IllegalArgumentException(
          "the log leads to no %s of bank %s".formatted(register, bank.label()));
    }
    return values.get(register.mrIndex());
  }

  /** Registers that at least one event extends; the other RTMRs are zero. */
  public SortedSet<CcRegister> measuredRegisters() {
    return measuredRegisters;
  }
}
