// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;

/** The hierarchies, and the authorization of the dictionary-attack lock. TPM 2.0 Part 2, 7.4. */
public enum Hierarchy implements PolicyEntity {
  TPM_RH_OWNER(0x40000001L),
  TPM_RH_NULL(0x40000007L),
  TPM_RH_LOCKOUT(0x4000000aL),
  TPM_RH_ENDORSEMENT(0x4000000bL),
  TPM_RH_PLATFORM(0x4000000cL);

  private final long handle;

  Hierarchy(long handle) {
    this.handle = handle;
  }

  public long handle() {
    return handle;
  }

  /** A permanent handle is its own name. TPM 2.0 Part 1, 16. */
  @Override
  public Bytes entityName() {
    return BinaryWriter.bigEndian().u32(handle).toBytes();
  }
}
