// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.Arrays;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/** Key identifiers, RFC 5280, 4.2.1.1: they help to find an issuer and prove nothing. */
final class KeyNames {
  private KeyNames() {}

  /** Whether both are there and equal. */
  static boolean equal(AuthorityKeyIdentifier wanted, X509CertificateHolder issuer) {
    var has = identifier(issuer);
    return has.length > 0 && Arrays.equals(wanted.getKeyIdentifierOctets(), has);
  }

  /** Whether they do not contradict each other. */
  static boolean fit(AuthorityKeyIdentifier wanted, X509CertificateHolder issuer) {
    var has = identifier(issuer);
    return has.length == 0
        || wanted.getKeyIdentifierOctets() == null
        || Arrays.equals(wanted.getKeyIdentifierOctets(), has);
  }

  private static byte[] identifier(X509CertificateHolder issuer) {
    var extensions = issuer.getExtensions();
    var has = extensions == null ? null : SubjectKeyIdentifier.fromExtensions(extensions);
    return has == null ? new byte[0] : has.getKeyIdentifier();
  }
}
