// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Digest;
import dev.trustme.uefi.SignatureData;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Why firmware starts an image: the entry of db that admits it, which firmware also measures into
 * PCR 7; only {@link Authenticode} makes one.
 */
public final class BootAuthority {
  private final Digest image;
  private final SignatureData entry;
  private final Optional<X509CertificateHolder> signer;

  BootAuthority(Digest image, SignatureData entry, Optional<X509CertificateHolder> signer) {
    this.image = image;
    this.entry = entry;
    this.signer = signer;
  }

  /** The Authenticode SHA-256 of the image, which firmware measures into PCR 4. */
  public Digest image() {
    return image;
  }

  /** The EFI_SIGNATURE_DATA of db: a certificate of the signer's path, or the image's digest. */
  public SignatureData entry() {
    return entry;
  }

  /** The certificate that signed the image; empty where db lists the image's digest. */
  public Optional<X509CertificateHolder> signer() {
    return signer;
  }
}
