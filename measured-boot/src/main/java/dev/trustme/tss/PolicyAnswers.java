// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.tpm.TpmsNvPublic;
import java.util.Optional;

/** What a policy asks while it is satisfied: the authorization values of NV indices. */
@FunctionalInterface
public interface PolicyAnswers {
  /** Whatever was set on the indices before, else the empty value. */
  PolicyAnswers NONE = index -> Optional.empty();

  Optional<Secret> secretOf(TpmsNvPublic index);
}
