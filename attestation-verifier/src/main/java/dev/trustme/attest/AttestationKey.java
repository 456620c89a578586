// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.evidence.DeviceId;
import dev.trustme.trust.TrustedSigner;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * A device's attestation key, taken from its validated certificate and from nowhere else; only
 * {@link AttestationKeyVerifier} makes one.
 */
public final class AttestationKey {
  private final TrustedSigner signer;
  private final AsymmetricKeyParameter key;
  private final DeviceId device;

  AttestationKey(TrustedSigner signer, AsymmetricKeyParameter key, DeviceId device) {
    this.signer = signer;
    this.key = key;
    this.device = device;
  }

  public X509CertificateHolder certificate() {
    return signer.certificate();
  }

  public DeviceId device() {
    return device;
  }

  AsymmetricKeyParameter key() {
    return key;
  }
}
