// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** A signer whose path was validated for a role; only {@link PathValidator} makes one. */
public final class TrustedSigner {
  private final List<X509CertificateHolder> path;
  private final Role role;

  TrustedSigner(List<X509CertificateHolder> path, Role role) {
    this.path = List.copyOf(path);
    this.role = role;
  }

  public X509CertificateHolder certificate() {
    return path.getFirst();
  }

  /** Leaf first, trust anchor last. */
  public List<X509CertificateHolder> path() {
    return path;
  }

  public Role role() {
    return role;
  }
}
