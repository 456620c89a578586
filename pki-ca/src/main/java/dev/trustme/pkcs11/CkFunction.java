// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

/** The functions that are called, by their place in CK_FUNCTION_LIST. PKCS #11 2.40, 5. */
enum CkFunction {
  C_Initialize(0),
  C_Finalize(1),
  C_GetInfo(2),
  C_GetSlotList(4),
  C_GetSlotInfo(5),
  C_GetTokenInfo(6),
  C_GetMechanismList(7),
  C_GetMechanismInfo(8),
  C_OpenSession(12),
  C_CloseSession(13),
  C_GetSessionInfo(15),
  C_Login(18),
  C_GetAttributeValue(24),
  C_FindObjectsInit(26),
  C_FindObjects(27),
  C_FindObjectsFinal(28),
  C_SignInit(42),
  C_Sign(43),
  C_GenerateKeyPair(59);

  private final int place;

  CkFunction(int place) {
    this.place = place;
  }

  /** In bytes from the list's begin: CK_VERSION, padded to a pointer, stands before the first. */
  long offset() {
    return (1L + place) * Long.BYTES;
  }
}
