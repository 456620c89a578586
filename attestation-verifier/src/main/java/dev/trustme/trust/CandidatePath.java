// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Certificates whose names lead from a leaf (first) to a trust anchor (last); nothing is proven.
 */
record CandidatePath(List<X509CertificateHolder> certificates) {
  CandidatePath {
    certificates = List.copyOf(certificates);
  }

  X509CertificateHolder leaf() {
    return certificates.getFirst();
  }

  X509CertificateHolder anchor() {
    return certificates.getLast();
  }

  /** Everything that issues: the anchor first, the leaf's issuer last. */
  List<X509CertificateHolder> authorities() {
    return new ArrayList<>(certificates.subList(1, certificates.size())).reversed();
  }

  /** RFC 5280, 3.2: subject and issuer have the same name. */
  static boolean selfIssued(X509CertificateHolder certificate) {
    return certificate.getSubject().equals(certificate.getIssuer());
  }

  static boolean isAuthority(X509CertificateHolder certificate) {
    var extensions = certificate.getExtensions();
    var constraints = extensions == null ? null : BasicConstraints.fromExtensions(extensions);
    return constraints != null && constraints.isCA();
  }
}
