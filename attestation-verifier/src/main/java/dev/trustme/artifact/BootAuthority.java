// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Digest;
import dev.trustme.uefi.SignatureData;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Why firmware or shim starts an image: the entry that admits it, which is also measured into PCR
 * 7; only {@link Authenticode} and {@link ShimVerifier} make one.
 */
public final class BootAuthority {
  private final Digest image;
  private final String database;
  private final ListedEntry entry;
  private final Optional<X509CertificateHolder> signer;

  BootAuthority(
      Digest image, String database, ListedEntry entry, Optional<X509CertificateHolder> signer) {
    this.image = image;
    this.database = database;
    this.entry = entry;
    this.signer = signer;
  }

  /** The Authenticode SHA-256 of the image, which firmware measures into PCR 4. */
  public Digest image() {
    return image;
  }

  /** Where the entry is: {@code db}, or {@code MokList} (with shim's own certificate before it). */
  public String database() {
    return database;
  }

  /** Its place there, from 1. */
  public int number() {
    return entry.number();
  }

  /** The EFI_SIGNATURE_DATA: a certificate of the signer's path, or the image's digest. */
  public SignatureData entry() {
    return entry.data();
  }

  /** The certificate that signed the image; empty where db lists the image's digest. */
  public Optional<X509CertificateHolder> signer() {
    return signer;
  }
}
