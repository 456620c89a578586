// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A policy that does not hold now; the message says which step. The TPM works: it says no. */
public final class PolicyUnmetException extends IOException {
  private static final long serialVersionUID = 1L;

  PolicyUnmetException(String message, @Nullable TssException cause) {
    super(message, cause);
  }
}
