// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtSignature;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How quotes must be signed.
 *
 * @param schemes those that count
 * @param hash the weakest hash that counts, by its size
 */
public record QuoteRule(List<Scheme> schemes, HashAlgorithm hash) {
  /** Every scheme of {@link TpmtSignature} with SHA-256 or more. */
  static final QuoteRule ANY = new QuoteRule(List.of(Scheme.values()), HashAlgorithm.SHA256);

  /** A signature scheme of TPM 2.0 Part 2, 11.2.1. */
  public enum Scheme {
    RSASSA(TpmAlgId.TPM_ALG_RSASSA),
    RSAPSS(TpmAlgId.TPM_ALG_RSAPSS),
    ECDSA(TpmAlgId.TPM_ALG_ECDSA);

    private final TpmAlgId algorithm;

    Scheme(TpmAlgId algorithm) {
      this.algorithm = algorithm;
    }

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static Scheme byLabel(String label) {
      return Policy.byLabel(values(), label, "require.quote.schemes");
    }
  }

  public QuoteRule {
    schemes = List.copyOf(schemes);
    Policy.require(!schemes.isEmpty(), "require.quote.schemes: expected at least one");
    Policy.require(
        schemes.stream().distinct().count() == schemes.size(),
        "require.quote.schemes: a scheme appears twice");
    Policy.require(
        hash.size() >= HashAlgorithm.SHA256.size(),
        "require.quote.hash: %s is too weak".formatted(hash.label()));
  }

  boolean allows(TpmAlgId scheme) {
    return schemes.stream().anyMatch(s -> s.algorithm == scheme);
  }

  boolean allows(HashAlgorithm other) {
    return other.size() >= hash.size();
  }

  String names() {
    return schemes.stream().map(s -> s.algorithm.name()).collect(Collectors.joining(", "));
  }
}
