// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.io.IOException;

/** A call of tpm2-tss that failed, with its TSS2_RC (TCG TSS 2.0 Overview 1.0, 7.2). */
public final class TssException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LAYER_SHIFT = 16;

  private final int code;

  TssException(String call, int code, String meaning) {
    super("%s: %s (0x%08x)".formatted(call, meaning, code));
    this.code = code;
  }

  /** The TSS2_RC. */
  public int code() {
    return code;
  }

  /** Whether the TPM itself said it, rather than the software between. */
  public boolean fromTpm() {
    return code >>> LAYER_SHIFT == 0;
  }
}
