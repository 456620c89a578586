// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.key.Labels;
import java.util.Locale;

/**
 * Why a certificate is revoked: CRLReason, RFC 5280, 5.3.1. A hold is not among them: it can be
 * lifted again, and then nobody can say what a signature from between is worth. Neither is the
 * compromise of an attribute authority, of which there are none here.
 */
public enum RevocationReason {
  UNSPECIFIED(0),
  /** Somebody else has, or may have, the private key. */
  KEY_COMPROMISE(1),
  /** The same of an authority: all that it issued is void with it. */
  CA_COMPROMISE(2),
  AFFILIATION_CHANGED(3),
  /** Another certificate has taken its place; the key was not lost. */
  SUPERSEDED(4),
  CESSATION_OF_OPERATION(5),
  PRIVILEGE_WITHDRAWN(9);

  private final int code;

  RevocationReason(int code) {
    this.code = code;
  }

  /** The value of the enumeration in CRL entries and OCSP responses. */
  public int code() {
    return code;
  }

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The reason with this label; another is an IllegalArgumentException that lists them all. */
  @JsonCreator
  public static RevocationReason byLabel(String label) {
    return Labels.byLabel("reason", values(), RevocationReason::label, label);
  }
}
