// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.Bytes;
import java.util.regex.Pattern;

/** A challenge's random bytes, 1 to 64; lower-case hex in files and file names. */
public record Nonce(Bytes value) {
  private static final int MAX_BYTES = 64;
  private static final Pattern HEX = Pattern.compile("([0-9a-f]{2}){1," + MAX_BYTES + "}");

  public Nonce {
    if (value.isEmpty() || value.size() > MAX_BYTES) {
      throw new IllegalArgumentException("nonce of %d bytes".formatted(value.size()));
    }
  }

  @JsonCreator
  public static Nonce fromHex(String hex) {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("nonce: expected 1 to 64 bytes as lower-case hex");
    }
    return new Nonce(Bytes.fromHex(hex));
  }

  @JsonValue
  public String hex() {
    return value.hex();
  }

  @Override
  public String toString() {
    return hex();
  }
}
