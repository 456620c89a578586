// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Memory;
import java.io.IOException;

/** CK_SESSION_INFO: who is logged in. PKCS #11 2.40, 3.3. */
record SessionInfo(long state) {
  private static final int SIZE = 4 * Long.BYTES;
  private static final long CKS_RO_USER_FUNCTIONS = 1;
  private static final long CKS_RW_USER_FUNCTIONS = 3;

  static SessionInfo of(Cryptoki cryptoki, TokenInfo token, long session) throws IOException {
    try (var memory = new Memory(SIZE)) {
      cryptoki.call(token.toString(), CkFunction.C_GetSessionInfo, session, memory);
      return new SessionInfo(memory.getLong(Long.BYTES));
    }
  }

  boolean userLoggedIn() {
    return state == CKS_RO_USER_FUNCTIONS || state == CKS_RW_USER_FUNCTIONS;
  }
}
