// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

/** How strictly the certificates of a path are read. RFC 5280 validity itself is never relaxed. */
public enum CertificateRules {
  /** As this suite issues them: RFC 5280, section 4, in full. */
  STRICT,
  /**
   * The same, but a signer without any extended key usage passes with a warning: keys of systems
   * that have no roles.
   */
  WIDER_KEYS,
  /**
   * Endorsement keys and their makers' authorities, TCG EK Credential Profile 2.5: what RFC 5280
   * asks of issuers beyond validity (key identifiers, criticality) is not held against them.
   */
  TPM_VENDOR
}
