// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.Bytes;

/** What a policy can ask the authorization value of: a hierarchy or an NV index. */
public sealed interface PolicyEntity permits Hierarchy, TpmsNvPublic {
  /** Content of the TPM2B_NAME that the policy is bound to. */
  Bytes entityName();
}
