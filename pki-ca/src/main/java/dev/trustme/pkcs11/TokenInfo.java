// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;

/**
 * CK_TOKEN_INFO and the number and description of its slot. Texts are without the blanks that pad
 * them. PKCS #11 2.40, 3.2.
 */
public record TokenInfo(Slot slot, Names names, long flags) {
  static final int SIZE = 208;

  private static final long CKF_LOGIN_REQUIRED = 0x4;
  private static final long CKF_PROTECTED_AUTHENTICATION_PATH = 0x100;
  private static final long CKF_TOKEN_INITIALIZED = 0x400;
  private static final long CKF_USER_PIN_FINAL_TRY = 0x20000;
  private static final long CKF_USER_PIN_LOCKED = 0x40000;

  /** Where a token is: slot numbers are the module's, and may change from run to run. */
  public record Slot(long id, String description, String manufacturer) {}

  /** What a token says of itself. */
  public record Names(String label, String manufacturer, String model, String serialNumber) {}

  static TokenInfo read(Slot slot, Pointer info) {
    return new TokenInfo(
        slot,
        new Names(text(info, 0, 32), text(info, 32, 32), text(info, 64, 16), text(info, 80, 16)),
        info.getLong(96));
  }

  /** A text of fixed size, padded with blanks. */
  static String text(Pointer memory, int offset, int size) {
    return new String(memory.getByteArray(offset, size), StandardCharsets.UTF_8)
        .replace("\0", "")
        .stripTrailing();
  }

  boolean initialized() {
    return (flags & CKF_TOKEN_INITIALIZED) != 0;
  }

  /** Whether private keys are seen only after a login. */
  public boolean loginRequired() {
    return (flags & CKF_LOGIN_REQUIRED) != 0;
  }

  /** Whether the PIN is entered on the token itself. */
  public boolean ownPinPad() {
    return (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  }

  boolean pinLocked() {
    return (flags & CKF_USER_PIN_LOCKED) != 0;
  }

  boolean finalTry() {
    return (flags & CKF_USER_PIN_FINAL_TRY) != 0;
  }

  /** For people. */
  @Override
  public String toString() {
    return "token '%s' (serial %s, slot %d)".formatted(names.label, names.serialNumber, slot.id);
  }
}
