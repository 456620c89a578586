// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.TrustedSigner;
import java.util.List;

/** A payload whose signatures were verified; only {@link DsseVerifier} makes one. */
public final class SignedPayload {
  private final Bytes payload;
  private final List<TrustedSigner> signers;

  SignedPayload(Bytes payload, List<TrustedSigner> signers) {
    this.payload = payload;
    this.signers = List.copyOf(signers);
  }

  public Bytes payload() {
    return payload;
  }

  public List<TrustedSigner> signers() {
    return signers;
  }
}
