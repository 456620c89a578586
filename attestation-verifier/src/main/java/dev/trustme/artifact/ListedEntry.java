// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureType;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * An entry of a signature database and its place.
 *
 * @param number from 1, counted over all lists in their order
 * @param type of its list; empty for one that UEFI does not define
 */
record ListedEntry(int number, Optional<SignatureType> type, SignatureData data) {
  /** The certificate that it is; empty for everything else, and for what is no certificate. */
  Optional<X509CertificateHolder> certificate() {
    if (type.filter(SignatureType.EFI_CERT_X509::equals).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Certificates.parseDer(data.signatureData()));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** For people: the certificate's subject, or what else it is. */
  String name() {
    return certificate()
        .map(certificate -> certificate.getSubject().toString())
        .orElseGet(() -> type.map(Enum::name).orElse("an entry of an unknown type"));
  }
}
