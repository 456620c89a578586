// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;

/** Collects new entries of one owner: certificates, digests of images, revoked certificates. */
public final class KeyEntries {
  private final EfiGuid owner;
  private final List<X509CertificateHolder> certificates = new ArrayList<>();
  private final Map<HashAlgorithm, List<Digest>> images = new LinkedHashMap<>();
  private final List<SignatureList> revoked = new ArrayList<>();

  /** {@code owner} becomes SignatureOwner of every entry. */
  public KeyEntries(EfiGuid owner) {
    this.owner = owner;
  }

  public KeyEntries certificate(X509CertificateHolder certificate) {
    certificates.add(certificate);
    return this;
  }

  /** The Authenticode digest of an image: SHA-256, 384 or 512. */
  public KeyEntries image(Digest digest) {
    images.computeIfAbsent(digest.algorithm(), a -> new ArrayList<>()).add(digest);
    return this;
  }

  /**
   * The digest of a certificate's signed part (TBSCertificate), revoked from this time on; {@link
   * EfiTime#NONE}: always. For dbx. UEFI 2.10, 32.4.1, EFI_CERT_X509_SHA256.
   */
  public KeyEntries revoked(
      X509CertificateHolder certificate, HashAlgorithm algorithm, EfiTime from) {
    revoked.add(SignatureList.revoked(owner, algorithm.digest(signedPart(certificate)), from));
    return this;
  }

  private static Bytes signedPart(X509CertificateHolder certificate) {
    try {
      return Bytes.copyOf(certificate.toASN1Structure().getTBSCertificate().getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed certificate encodes", e);
    }
  }

  /** One list per certificate, one per digest algorithm, one per revoked certificate. */
  public KeyDatabase database() {
    List<SignatureList> lists =
        new ArrayList<>(KeyDatabase.ofCertificates(owner, certificates).lists());
    images.values().forEach(digests -> lists.add(SignatureList.images(owner, digests)));
    lists.addAll(revoked);
    return KeyDatabase.EMPTY.merge(new KeyDatabase(lists));
  }
}
