// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** What a request may bring into a certificate; only {@link CsrVerifier} makes one. */
public final class ApprovedRequest {
  private final SubjectPublicKeyInfo publicKey;
  private final Optional<String> commonName;
  private final List<GeneralName> names;
  private final List<String> dropped;

  ApprovedRequest(
      SubjectPublicKeyInfo publicKey,
      Optional<String> commonName,
      List<GeneralName> names,
      List<String> dropped) {
    this.publicKey = publicKey;
    this.commonName = commonName;
    this.names = List.copyOf(names);
    this.dropped = List.copyOf(dropped);
  }

  /** A key whose private half the sender has. */
  public SubjectPublicKeyInfo publicKey() {
    return publicKey;
  }

  /** Absent where the profile names the subject. */
  public Optional<String> commonName() {
    return commonName;
  }

  public List<GeneralName> names() {
    return names;
  }

  /** Wishes that were dropped, in words. */
  public List<String> dropped() {
    return dropped;
  }
}
