// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import java.util.Arrays;
import java.util.Optional;

/** CK_RV: the results that this suite tells apart. PKCS #11 2.40, 5.1. */
enum CkResult {
  CKR_OK(0, ""),
  CKR_HOST_MEMORY(0x2, ""),
  CKR_SLOT_ID_INVALID(0x3, Words.GONE),
  CKR_GENERAL_ERROR(0x5, ""),
  CKR_FUNCTION_FAILED(0x6, ""),
  CKR_ARGUMENTS_BAD(0x7, ""),
  CKR_ATTRIBUTE_SENSITIVE(0x11, ""),
  CKR_ATTRIBUTE_TYPE_INVALID(0x12, ""),
  CKR_DEVICE_ERROR(0x30, Words.GONE),
  CKR_DEVICE_MEMORY(0x31, "the token is full"),
  CKR_DEVICE_REMOVED(0x32, Words.GONE),
  CKR_KEY_HANDLE_INVALID(0x60, "the key is gone"),
  CKR_KEY_TYPE_INCONSISTENT(0x63, ""),
  CKR_KEY_FUNCTION_NOT_PERMITTED(0x68, "the token does not let this key sign (CKA_SIGN)"),
  CKR_MECHANISM_INVALID(0x70, "the token cannot do this"),
  CKR_MECHANISM_PARAM_INVALID(0x71, "the token cannot do this"),
  CKR_OBJECT_HANDLE_INVALID(0x82, "the key is gone"),
  CKR_PIN_INCORRECT(0xa0, "wrong PIN"),
  CKR_PIN_INVALID(0xa1, "wrong PIN"),
  CKR_PIN_LEN_RANGE(0xa2, "wrong PIN"),
  CKR_PIN_EXPIRED(0xa3, "the PIN has expired; set a new one with the token's tool"),
  CKR_PIN_LOCKED(0xa4, "the PIN is locked after too many wrong ones"),
  CKR_SESSION_CLOSED(0xb0, Words.GONE),
  CKR_SESSION_COUNT(0xb1, "the token has no session left"),
  CKR_SESSION_HANDLE_INVALID(0xb3, Words.GONE),
  CKR_SESSION_READ_ONLY(0xb5, "the token is read-only"),
  CKR_TEMPLATE_INCONSISTENT(0xd1, "the token cannot make such a key"),
  CKR_TOKEN_NOT_PRESENT(0xe0, Words.GONE),
  CKR_TOKEN_NOT_RECOGNIZED(0xe1, Words.GONE),
  CKR_TOKEN_WRITE_PROTECTED(0xe2, "the token is write-protected"),
  CKR_USER_ALREADY_LOGGED_IN(0x100, ""),
  CKR_USER_NOT_LOGGED_IN(0x101, "the token was logged out, or replaced"),
  CKR_USER_PIN_NOT_INITIALIZED(0x102, "the token has no user PIN yet; set one with its tool"),
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN(0x104, "another user is logged in to the token"),
  CKR_CRYPTOKI_NOT_INITIALIZED(0x190, Words.GONE),
  CKR_CRYPTOKI_ALREADY_INITIALIZED(0x191, "");

  private static final class Words {
    private static final String GONE = "the token is gone, or does not answer";
  }

  private final long code;
  private final String meaning;

  CkResult(long code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  static Optional<CkResult> of(long code) {
    return Arrays.stream(values()).filter(r -> r.code == code).findFirst();
  }

  /** In a person's words, or empty where the name says it all. */
  String meaning() {
    return meaning;
  }

  boolean wrongPin() {
    return this == CKR_PIN_INCORRECT || this == CKR_PIN_INVALID || this == CKR_PIN_LEN_RANGE;
  }
}
