// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.trust.Check;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;

/**
 * RFC 2986, 3: the signature on a request shows that its sender has the private key. Tools choose
 * the digest by habit (openssl takes SHA-256 on every curve), so any that fits the key is taken.
 */
final class ProofOfPossession {
  private ProofOfPossession() {}

  static Check check(CertificationRequest request) {
    var key = request.publicKey();
    var algorithm = request.signatureAlgorithm();
    if (SignatureAlgorithm.of(algorithm).filter(a -> a.fits(key)).isEmpty()) {
      return Check.fail(
          "csr-signature-algorithm",
          "an algorithm of the key, with SHA-2",
          algorithm.getAlgorithm().getId());
    }
    return SignatureScheme.verify(key, algorithm, request.signed(), request.signature())
        ? Check.pass("csr-proof-of-possession", "signed with the requested key")
        : Check.fail(
            "csr-proof-of-possession",
            "a signature by the key that is to be certified",
            "one that it did not make");
  }
}
