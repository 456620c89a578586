// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import java.util.Arrays;
import java.util.Optional;

/** The sizes and curves of keys that this suite asks a TPM for. */
public enum KeyAlgorithm {
  RSA2048("rsa2048", 2048, Optional.empty()),
  RSA3072("rsa3072", 3072, Optional.empty()),
  P256("p256", 0, Optional.of(TpmEccCurve.TPM_ECC_NIST_P256)),
  P384("p384", 0, Optional.of(TpmEccCurve.TPM_ECC_NIST_P384));

  private final String label;
  private final int rsaBits;
  private final Optional<TpmEccCurve> curve;

  KeyAlgorithm(String label, int rsaBits, Optional<TpmEccCurve> curve) {
    this.label = label;
    this.rsaBits = rsaBits;
    this.curve = curve;
  }

  /** The name in commands. */
  public String label() {
    return label;
  }

  public static Optional<KeyAlgorithm> byLabel(String label) {
    return Arrays.stream(values()).filter(a -> a.label.equals(label)).findFirst();
  }

  int rsaBits() {
    return rsaBits;
  }

  public Optional<TpmEccCurve> curve() {
    return curve;
  }

  int uniqueSize() {
    return curve.map(TpmEccCurve::coordinateSize).orElse(rsaBits / 8);
  }
}
