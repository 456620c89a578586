// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.CertificateRules;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Scope;
import dev.trustme.trust.TrustStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whether a certificate may sign a kind of artefact: what a verifier will ask, asked before
 * anything is signed. A key that is wider than a role passes with a warning where that is allowed.
 *
 * @param anchors the roots that the chain must lead to; without them the chain is judged as far as
 *     it goes
 * @param wider whether a certificate without extended key usages may sign
 * @param at the moment of the signature
 */
public record SignerCheck(Optional<TrustStore> anchors, boolean wider, Instant at) {
  /** The checks; the chain is leaf first. A scope that cannot be read is a FormatException. */
  public List<Check> check(ArtifactKind kind, List<X509CertificateHolder> chain)
      throws FormatException {
    var customer = customer(chain);
    var policy = kind.policy(customer);
    if (policy.isEmpty()) {
      return List.of(
          Check.fail(
              "signer-scope",
              "the vendor's own key for " + kind.label(),
              "a key of customer " + customer.orElseThrow()));
    }
    var rules = wider ? policy.get().with(CertificateRules.WIDER_KEYS) : policy.get();
    return anchors
        .map(store -> new PathValidator(store, at).validate(chain, rules).checks())
        .orElseGet(() -> unanchored(chain, rules));
  }

  private List<Check> unanchored(List<X509CertificateHolder> chain, PathPolicy policy) {
    return PathValidator.signer(chain, policy, at);
  }

  /** The customer whose authority is in the chain. */
  private static Optional<String> customer(List<X509CertificateHolder> chain)
      throws FormatException {
    for (var authority : chain.subList(1, chain.size())) {
      var scope = Scope.of(authority);
      if (scope.isPresent()) {
        return scope.map(Scope::customer);
      }
    }
    return Optional.empty();
  }
}
