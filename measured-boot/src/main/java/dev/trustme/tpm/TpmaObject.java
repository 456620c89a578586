// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

/**
 * TPMA_OBJECT: what a key may be used for, as 32 bits. TPM 2.0 Part 2, 8.3. Reserved bits are kept
 * as they came; {@link #reservedClear} says whether they are zero.
 */
public record TpmaObject(long bits) {
  private static final long DEFINED = 0x000f_0cf6L;

  public TpmaObject {
    if (bits < 0 || bits > 0xffffffffL) {
      throw new IllegalArgumentException("TPMA_OBJECT of more than 32 bits");
    }
  }

  private boolean bit(int number) {
    return (bits >> number & 1) == 1;
  }

  public boolean fixedTPM() {
    return bit(1);
  }

  public boolean stClear() {
    return bit(2);
  }

  public boolean fixedParent() {
    return bit(4);
  }

  public boolean sensitiveDataOrigin() {
    return bit(5);
  }

  public boolean userWithAuth() {
    return bit(6);
  }

  public boolean adminWithPolicy() {
    return bit(7);
  }

  public boolean noDA() {
    return bit(10);
  }

  public boolean encryptedDuplication() {
    return bit(11);
  }

  public boolean restricted() {
    return bit(16);
  }

  public boolean decrypt() {
    return bit(17);
  }

  /** The bit {@code sign/encrypt}. */
  public boolean signEncrypt() {
    return bit(18);
  }

  public boolean x509sign() {
    return bit(19);
  }

  public boolean reservedClear() {
    return (bits & ~DEFINED) == 0;
  }

  @Override
  public String toString() {
    return "0x%08x".formatted(bits);
  }
}
