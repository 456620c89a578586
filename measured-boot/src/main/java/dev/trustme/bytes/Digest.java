// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A hash value with its algorithm; the value has the algorithm's size. Printed as {@code
 * sha256:hex}.
 */
public record Digest(HashAlgorithm algorithm, Bytes value) {
  public Digest {
    if (value.size() != algorithm.size()) {
      throw new IllegalArgumentException(
          "%s digest of %d bytes".formatted(algorithm.label(), value.size()));
    }
  }

  public static Digest zero(HashAlgorithm algorithm) {
    return new Digest(algorithm, Bytes.zeros(algorithm.size()));
  }

  /** Reads {@code sha256:<lower-case hex>}; anything else is a FormatException. */
  @JsonCreator
  public static Digest parse(String text) throws FormatException {
    int colon = text.indexOf(':');
    var algorithm =
        HashAlgorithm.byLabel(colon < 0 ? "" : text.substring(0, colon))
            .orElseThrow(() -> malformed(text));
    String hex = text.substring(colon + 1);
    if (hex.length() != 2 * algorithm.size() || !hex.matches("[0-9a-f]*")) {
      throw malformed(text);
    }
    return new Digest(algorithm, Bytes.fromHex(hex));
  }

  private static FormatException malformed(String text) {
    return new FormatException(
        "digest", 0, "expected algorithm:lower-case-hex of the algorithm's size, found " + text);
  }

  /** The PCR extend rule: H(this || measured). TPM 2.0 Part 1, 17.2. */
  public Digest extend(Digest measured) {
    if (measured.algorithm != algorithm) {
      throw new IllegalArgumentException("extend of " + algorithm + " with " + measured.algorithm);
    }
    return algorithm.digest(value, measured.value);
  }

  public String hex() {
    return value.hex();
  }

  @Override
  @JsonValue
  public String toString() {
    return algorithm.label() + ":" + value.hex();
  }
}
