// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/**
 * What identifies a shipped file: the hash of its content ({@code sha256:HEX}), or its fs-verity
 * digest ({@code verity:sha256:HEX}). The two never equal each other.
 */
public record ShippedDigest(boolean verity, Digest digest) {
  private static final String VERITY = "verity:";

  public ShippedDigest {
    Fields.require(
        digest.algorithm().size() >= HashAlgorithm.SHA256.size(),
        "files: %s is too weak".formatted(digest.algorithm().label()));
  }

  /** Of a file's content. */
  public static ShippedDigest of(Digest content) {
    return new ShippedDigest(false, content);
  }

  @JsonCreator
  public static ShippedDigest parse(String text) throws FormatException {
    boolean verity = text.startsWith(VERITY);
    return new ShippedDigest(verity, Digest.parse(verity ? text.substring(VERITY.length()) : text));
  }

  @Override
  @JsonValue
  public String toString() {
    return verity ? VERITY + digest : digest.toString();
  }
}
