// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** TPM_NT: the kinds of NV index. TPM 2.0 Part 2, 13.2. */
public enum NvType {
  /** Bytes. */
  ORDINARY(0),
  /** A 64-bit number that only counts up, and never begins below one that was ever seen. */
  COUNTER(1),
  /** 64 bits that can only be set. */
  BITS(2),
  /** A digest that can only be extended, as a PCR. */
  EXTEND(4),
  /** TPMS_NV_PIN_COUNTER_PARAMETERS that counts wrong tries and then locks this index alone. */
  PIN_FAIL(8),
  /** TPMS_NV_PIN_COUNTER_PARAMETERS that counts right tries. */
  PIN_PASS(9);

  private final int number;

  NvType(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** The name in commands and JSON: {@code pin-fail}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<NvType> byLabel(String label) {
    return Arrays.stream(values()).filter(type -> type.label().equals(label)).findFirst();
  }

  static Optional<NvType> byNumber(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }
}
