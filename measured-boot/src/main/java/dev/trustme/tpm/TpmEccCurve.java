// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import java.util.Arrays;
import java.util.Optional;

/** TPM_ECC_CURVE: the curves this suite works with. TCG Algorithm Registry 1.34, table 4. */
public enum TpmEccCurve {
  TPM_ECC_NIST_P256(0x0003, "secp256r1", 256),
  TPM_ECC_NIST_P384(0x0004, "secp384r1", 384),
  TPM_ECC_NIST_P521(0x0005, "secp521r1", 521);

  private final int id;
  private final String standardName;
  private final int bits;

  TpmEccCurve(int id, String standardName, int bits) {
    this.id = id;
    this.standardName = standardName;
    this.bits = bits;
  }

  public int id() {
    return id;
  }

  /** The name in SEC 2, which the JDK and Bouncy Castle know: {@code secp256r1}. */
  public String standardName() {
    return standardName;
  }

  /** Bytes of one coordinate. */
  public int coordinateSize() {
    return (bits + 7) / 8;
  }

  public static Optional<TpmEccCurve> byId(int id) {
    return Arrays.stream(values()).filter(c -> c.id == id).findFirst();
  }
}
