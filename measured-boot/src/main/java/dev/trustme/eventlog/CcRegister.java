// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import java.util.Arrays;
import java.util.Optional;

/**
 * The measurement registers of an Intel TDX guest, by their index in a CC event log. They start at
 * zero; MRTD is the TDX module's own measurement of the guest's first memory, which no event
 * extends. UEFI 2.10, 38.4.1 "Confidential Computing", Intel TDX.
 */
public enum CcRegister {
  MRTD(0),
  RTMR0(1),
  RTMR1(2),
  RTMR2(3),
  RTMR3(4);

  private static final int LAST_FIRMWARE_PCR = 7;
  private static final int LAST_OS_PCR = 15;

  private final int mrIndex;

  CcRegister(int mrIndex) {
    this.mrIndex = mrIndex;
  }

  /** The register of this number in a log. */
  public static Optional<CcRegister> at(int mrIndex) {
    return Arrays.stream(values()).filter(register -> register.mrIndex == mrIndex).findFirst();
  }

  /** The register's number in a log, 0 to 4. */
  public int mrIndex() {
    return mrIndex;
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
