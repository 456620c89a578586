// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

/**
 * CK_MECHANISM_TYPE: how keys are made and how they sign. PKCS #11 2.40 Mechanisms; 3.0 for EdDSA.
 */
public enum Mechanism {
  CKM_RSA_PKCS_KEY_PAIR_GEN(0x0),
  CKM_RSA_PKCS(0x1),
  CKM_RSA_X_509(0x3),
  CKM_RSA_PKCS_PSS(0xd),
  CKM_EC_KEY_PAIR_GEN(0x1040),
  CKM_ECDSA(0x1041),
  CKM_EC_EDWARDS_KEY_PAIR_GEN(0x1055),
  CKM_EDDSA(0x1057);

  private final long code;

  Mechanism(long code) {
    this.code = code;
  }

  long code() {
    return code;
  }
}
