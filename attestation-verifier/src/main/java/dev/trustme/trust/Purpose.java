// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;

/** What a certificate is asked to be good for: an extended key usage and what goes with it. */
public sealed interface Purpose permits Role, TlsPurpose {
  /** The extended key usage, RFC 5280, 4.2.1.12. */
  ASN1ObjectIdentifier usage();

  /** The name in commands and reports. */
  String label();

  /** The bits of KeyUsage of which the certificate needs one, as the library numbers them. */
  int keyUsage();

  /** Whether the certificate names the usage itself; anyExtendedKeyUsage counts for nothing. */
  default boolean in(X509CertificateHolder certificate) {
    var extensions = certificate.getExtensions();
    var usages = extensions == null ? null : ExtendedKeyUsage.fromExtensions(extensions);
    return usages != null && usages.hasKeyPurposeId(KeyPurposeId.getInstance(usage()));
  }
}
