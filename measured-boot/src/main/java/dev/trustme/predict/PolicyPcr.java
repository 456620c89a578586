// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import java.util.List;

/**
 * The policy digest of TPM2_PolicyPCR over one PCR: policyDigest = H(0… || TPM_CC_PolicyPCR || pcrs
 * || H(value)). TPM 2.0 Part 3, 23.7; big-endian. systemd's sealed secrets use SHA-256 as H,
 * whatever the bank.
 */
public final class PolicyPcr {
  private static final long TPM_CC_POLICY_PCR = 0x17f;
  private static final HashAlgorithm POLICY = HashAlgorithm.SHA256;

  private PolicyPcr() {}

  /** The digest for this value of the PCR in the value's bank. */
  public static Digest of(int pcr, Digest value) {
    var selection =
        new TpmlPcrSelection(List.of(TpmsPcrSelection.of(value.algorithm(), List.of(pcr))));
    var command = BinaryWriter.bigEndian().u32(TPM_CC_POLICY_PCR).toBytes();
    return POLICY.digest(
        Bytes.zeros(POLICY.size()),
        command,
        selection.encode(),
        POLICY.digest(value.value()).value());
  }
}
