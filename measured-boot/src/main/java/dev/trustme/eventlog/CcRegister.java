// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import java.util.Optional;

/**
 * The measurement registers of an Intel TDX guest, by their index in a CC event log. They start at
 * zero; MRTD is the TDX module's own measurement of the guest's first memory, which no event
 * extends. UEFI 2.10, 38.4.1 "Confidential Computing", Intel TDX.
 */
public enum CcRegister {
  MRTD,
  RTMR0,
  RTMR1,
  RTMR2,
  RTMR3;

  private static final int LAST_FIRMWARE_PCR = 7;
  private static final int LAST_OS_PCR = 15;

  static CcRegister at(int index) {
    return values()[index];
  }

  /** The register's number in a log, 0 to 4. */
  public int mrIndex() {
    return ordinal();
  }

  /**
   * Where firmware and loaders measure what a PC client measures into that PCR: 0 to MRTD, 1 and 7
   * to RTMR0, 2 to 6 to RTMR1, 8 to 15 to RTMR2. None for the PCRs above; RTMR3 stands for none.
   */
  public static Optional<CcRegister> ofPcr(int pcrIndex) {
    if (pcrIndex < 0 || pcrIndex > LAST_OS_PCR) {
      return Optional.empty();
    }
    if (pcrIndex > LAST_FIRMWARE_PCR) {
      return Optional.of(RTMR2);
    }
    return Optional.of(
        switch (pcrIndex) {
          case 0 -> MRTD;
          case 1, LAST_FIRMWARE_PCR -> RTMR0;
          default -> RTMR1;
        });
  }
}
