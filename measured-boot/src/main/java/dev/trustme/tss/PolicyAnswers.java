// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.tpm.TpmsNvPublic;

/** What a policy asks while it is satisfied: the authorization values of NV indices. */
@FunctionalInterface
public interface PolicyAnswers {
  /** Empty values for all. */
  PolicyAnswers NONE = index -> Secret.none();

  Secret secretOf(TpmsNvPublic index);
}
