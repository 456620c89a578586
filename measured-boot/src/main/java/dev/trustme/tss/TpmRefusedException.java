// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The TPM works and says no, and here it is known why: the step of a policy that does not hold, a
 * credential for another TPM.
 */
public final class TpmRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  TpmRefusedException(String message, @Nullable TssException cause) {
    super(message, cause);
  }
}
