// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

/**
 * The C structures that cross the border, each with the largest size in bytes that it can have on
 * the wire (TPM 2.0 Part 2; libtss2 3.2). Longer input never reaches native code.
 */
enum TssType {
  TPM2B_ATTEST(2306),
  TPM2B_AUTH(66),
  TPM2B_CREATION_DATA(412),
  TPM2B_DATA(66),
  TPM2B_DIGEST(66),
  TPM2B_ENCRYPTED_SECRET(514),
  TPM2B_ID_OBJECT(134),
  TPM2B_MAX_NV_BUFFER(2050),
  TPM2B_NAME(70),
  TPM2B_NONCE(66),
  TPM2B_NV_PUBLIC(84),
  TPM2B_OPERAND(66),
  TPM2B_PRIVATE(1552),
  TPM2B_PUBLIC(616),
  TPM2B_SENSITIVE_CREATE(326),
  TPM2B_SENSITIVE_DATA(258),
  TPML_DIGEST(532),
  TPML_DIGEST_VALUES(1060),
  TPML_PCR_SELECTION(132),
  TPMS_CAPABILITY_DATA(1032),
  TPMS_CONTEXT(5208),
  TPMS_TIME_INFO(25),
  TPMT_SIGNATURE(518),
  TPMT_SIG_SCHEME(6),
  TPMT_SYM_DEF(6),
  TPMT_TK_CREATION(76),
  TPMT_TK_HASHCHECK(76),
  TPMT_TK_VERIFIED(76);

  private final int maxBytes;

  TssType(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  int maxBytes() {
    return maxBytes;
  }
}
