// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/**
 * What a path has to satisfy besides leading to an anchor.
 *
 * @param purpose the role, or what the certificate is for
 * @param customer whose path it must be, exactly; empty: the vendor's own, without any {@link
 *     Scope}
 * @param policies if not empty, the path must be valid under one of these certificate policies, RFC
 *     5280, 6.1.1 (c) with initial-explicit-policy
 * @param authorities how many CA certificates may stand between anchor and leaf; self-issued ones
 *     do not count, as for a path length
 */
public record PathPolicy(
    Purpose purpose,
    Optional<String> customer,
    CertificateRules rules,
    Revocation revocation,
    Set<ASN1ObjectIdentifier> policies,
    int authorities) {
  /** No path is longer, whatever the policy: anchor, leaf and six between them. */
  public static final int MAX_AUTHORITIES = 6;

  public PathPolicy {
    policies = Set.copyOf(policies);
    if (authorities < 0 || authorities > MAX_AUTHORITIES) {
      throw new IllegalArgumentException(authorities + " authorities");
    }
    if (customer.isPresent() && !Scope.isCustomer(customer.get())) {
      throw new IllegalArgumentException("no name of a customer: " + customer.get());
    }
  }

  /** The vendor's own signer, strictly; endorsement keys by their own profile. */
  public static PathPolicy of(Purpose purpose) {
    var rules =
        purpose == Role.ENDORSEMENT_KEY ? CertificateRules.TPM_VENDOR : CertificateRules.STRICT;
    return new PathPolicy(
        purpose, Optional.empty(), rules, Revocation.OFF, Set.of(), MAX_AUTHORITIES);
  }

  public PathPolicy ofCustomer(String name) {
    return new PathPolicy(purpose, Optional.of(name), rules, revocation, policies, authorities);
  }

  public PathPolicy with(CertificateRules other) {
    return new PathPolicy(purpose, customer, other, revocation, policies, authorities);
  }

  public PathPolicy with(Revocation other) {
    return new PathPolicy(purpose, customer, rules, other, policies, authorities);
  }

  public PathPolicy under(Set<ASN1ObjectIdentifier> acceptable) {
    return new PathPolicy(purpose, customer, rules, revocation, acceptable, authorities);
  }

  public PathPolicy atMost(int between) {
    return new PathPolicy(purpose, customer, rules, revocation, policies, between);
  }
}
