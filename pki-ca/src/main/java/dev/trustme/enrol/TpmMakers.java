// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whose TPMs are trusted, at one moment.
 *
 * @param roots certificates of makers
 * @param revocation what the makers revoked, and how much of it must be known
 */
public record TpmMakers(TrustStore roots, Revocation revocation, Instant at) {
  /** Makers that publish no lists, or whose lists are not at hand. */
  public TpmMakers(TrustStore roots, Instant at) {
    this(roots, Revocation.OFF, at);
  }

  Verdict<TrustedSigner> judge(List<X509CertificateHolder> chain) {
    return new PathValidator(roots, at)
        .validate(chain, PathPolicy.of(Role.ENDORSEMENT_KEY).with(revocation));
  }
}
