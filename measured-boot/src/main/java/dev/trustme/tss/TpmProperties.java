// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * TPM_PT values of one TPM. TPM 2.0 Part 2, 6.13.
 *
 * @param values by TPM_PT; a property that the TPM does not have is absent and reads as 0
 */
public record TpmProperties(SortedMap<Integer, Long> values) {
  private static final int MANUFACTURER = 0x105;
  private static final int VENDOR_STRING_1 = 0x106;
  private static final int FIRMWARE_VERSION_1 = 0x10b;
  private static final int FIRMWARE_VERSION_2 = 0x10c;
  private static final int NV_BUFFER_MAX = 0x12c;
  private static final int PERMANENT = 0x200;
  private static final int LOCKOUT_COUNTER = 0x20e;
  private static final int MAX_AUTH_FAIL = 0x20f;
  private static final int LOCKOUT_INTERVAL = 0x210;
  private static final int LOCKOUT_RECOVERY = 0x211;
  private static final int IN_LOCKOUT_BIT = 9;

  public TpmProperties {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  private long value(int property) {
    return values.getOrDefault(property, 0L);
  }

  /** Four letters of the TCG's vendor registry: {@code IBM}, {@code INTC}. */
  public String manufacturer() {
    return Capabilities.text(value(MANUFACTURER));
  }

  public String vendorString() {
    var text = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      text.append(Capabilities.text(value(VENDOR_STRING_1 + i)));
    }
    return text.toString();
  }

  /** As a quote carries it: 64 bits, unsigned. */
  public long firmwareVersion() {
    return value(FIRMWARE_VERSION_1) << 32 | value(FIRMWARE_VERSION_2);
  }

  /** Bytes that one TPM2_NV_Read or TPM2_NV_Write takes at most. */
  int nvBufferMax() {
    return (int) Math.min(Math.max(value(NV_BUFFER_MAX), 1), 2048);
  }

  public boolean ownerAuthSet() {
    return permanent(0);
  }

  public boolean endorsementAuthSet() {
    return permanent(1);
  }

  public boolean lockoutAuthSet() {
    return permanent(2);
  }

  private boolean permanent(int bit) {
    return (value(PERMANENT) >> bit & 1) == 1;
  }

  public Lockout lockout() {
    return new Lockout(
        permanent(IN_LOCKOUT_BIT),
        value(LOCKOUT_COUNTER),
        value(MAX_AUTH_FAIL),
        value(LOCKOUT_INTERVAL),
        value(LOCKOUT_RECOVERY));
  }

  /**
   * The dictionary-attack lock. TPM 2.0 Part 1, 19.8.
   *
   * @param failedTries wrong authorizations that count now
   * @param maxTries at so many the TPM locks
   * @param recoverySeconds after so long one failed try is forgotten
   * @param lockoutRecoverySeconds so long the lockout authorization is locked after one wrong try
   */
  public record Lockout(
      boolean locked,
      long failedTries,
      long maxTries,
      long recoverySeconds,
      long lockoutRecoverySeconds) {}
}
