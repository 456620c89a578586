// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import java.util.Arrays;
import java.util.Optional;

/** CK_KEY_TYPE of the keys that sign here. PKCS #11 2.40, 4.8; 3.0 for CKK_EC_EDWARDS. */
public enum TokenKeyType {
  CKK_RSA(0x0),
  CKK_EC(0x3),
  CKK_EC_EDWARDS(0x40);

  private final long code;

  TokenKeyType(long code) {
    this.code = code;
  }

  static Optional<TokenKeyType> of(long code) {
    return Arrays.stream(values()).filter(t -> t.code == code).findFirst();
  }
}
