// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.Locale;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** A peer in TLS that has no role of ours. RFC 5280, 4.2.1.12; RFC 8446, 4.4.2.2. */
public enum TlsPurpose implements Purpose {
  /** id-kp-serverAuth. */
  TLS_SERVER(KeyPurposeId.id_kp_serverAuth),
  /** id-kp-clientAuth. */
  TLS_CLIENT(KeyPurposeId.id_kp_clientAuth);

  private final String usage;

  TlsPurpose(KeyPurposeId usage) {
    this.usage = usage.getId();
  }

  @Override
  public ASN1ObjectIdentifier usage() {
    return new ASN1ObjectIdentifier(usage);
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public int keyUsage() {
    return KeyUsage.digitalSignature;
  }
}
