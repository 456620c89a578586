// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.Bytes;
import java.security.GeneralSecurityException;
import java.util.List;

/**
 * Who signs attestation results: a function and its name, so that no report ever holds a key.
 *
 * @param algorithm the JWS algorithm, RFC 7518 3.1 and RFC 8037: {@code ES256}
 * @param certificates DER, the signer's first; empty where there are none
 */
public record ResultSigner(String algorithm, List<Bytes> certificates, Signature signature) {
  public ResultSigner {
    certificates = List.copyOf(certificates);
  }

  /** Signs in the form of JWS: an ECDSA signature is r and s, each of the curve's size. */
  @FunctionalInterface
  public interface Signature {
    Bytes sign(Bytes content) throws GeneralSecurityException;
  }
}
