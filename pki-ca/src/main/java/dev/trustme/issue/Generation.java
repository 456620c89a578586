// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * One key and certificate of an authority. What an earlier generation issued stays valid and is
 * revoked by that generation's own lists, so an old key is kept as long as its certificate lasts.
 *
 * @param authority the authority's name in the profile
 * @param name the generation's own: {@code device}, then {@code device-2}
 * @param key a file of the folder, or a reference
 */
record Generation(String authority, String name, X509CertificateHolder certificate, String key) {

  /** All generations of the authority, the current one last. */
  static List<Generation> of(PkiFolder folder, String authority)
      throws IOException, FormatException {
    List<Generation> found = new ArrayList<>();
    for (var old : folder.index().superseded()) {
      if (old.name().equals(authority)) {
        found.add(read(folder, authority, old.certificate(), old.key()));
      }
    }
    var certificate = folder.authority(authority);
    var item = folder.index().authorities().get(authority);
    if (item == null) {
      throw new IllegalStateException("the index lost " + certificate.getSubject());
    }
    found.add(read(folder, authority, item.certificate(), item.key()));
    return List.copyOf(found);
  }

  private static Generation read(PkiFolder folder, String authority, String file, String key)
      throws IOException, FormatException {
    String name = file.substring(file.indexOf('/') + 1, file.lastIndexOf('.'));
    return new Generation(authority, name, folder.certificates(file).getFirst(), key);
  }

  /**
   * The generation whose key signed the certificate.
   *
   * @throws GeneralSecurityException where none of this folder did
   */
  static Generation issuerOf(PkiFolder folder, X509CertificateHolder certificate)
      throws IOException, FormatException, GeneralSecurityException {
    for (String authority : folder.authorities()) {
      for (Generation generation : of(folder, authority)) {
        if (generation.issued(certificate)) {
          return generation;
        }
      }
    }
    throw new GeneralSecurityException(
        "%s (serial %s) was not issued by an authority of %s; its issuer is %s"
            .formatted(
                certificate.getSubject(),
                Revocations.serial(certificate),
                folder.path(),
                certificate.getIssuer()));
  }

  /** Whether this key signed the certificate, under this name. */
  boolean issued(X509CertificateHolder candidate) {
    if (!candidate.getIssuer().equals(certificate.getSubject())) {
      return false;
    }
    try {
      var signed = Bytes.copyOf(candidate.toASN1Structure().getTBSCertificate().getEncoded("DER"));
      return SignatureScheme.verify(certificate, signed, Bytes.copyOf(candidate.getSignature()));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed certificate encodes", e);
    }
  }

  /** Whether what it signs at this time can be verified at all. */
  boolean lives(Instant at) {
    return at.isBefore(certificate.getNotAfter().toInstant())
        && !at.isBefore(certificate.getNotBefore().toInstant());
  }

  /**
   * The authority's current generation, which can sign now.
   *
   * @throws GeneralSecurityException where its certificate has ended, or not begun
   */
  static Generation current(PkiFolder folder, String authority, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var current = of(folder, authority).getLast();
    if (!current.lives(at)) {
      throw new GeneralSecurityException(
          "authority '%s' is valid from %s to %s, not at %s; 'trustme pki rollover %s' renews it"
              .formatted(
                  authority,
                  current.certificate.getNotBefore().toInstant(),
                  current.certificate.getNotAfter().toInstant(),
                  at,
                  authority));
    }
    return current;
  }

  /**
   * The authority's generations that can sign now, the current one last.
   *
   * @throws GeneralSecurityException where the current one cannot
   */
  static List<Generation> living(PkiFolder folder, String authority, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    current(folder, authority, at);
    return of(folder, authority).stream().filter(g -> g.lives(at)).toList();
  }

  SigningKey open(PkiFolder folder, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return folder.key(key, certificate, passphrase);
  }

  /** The generation's certificate and key as one that issues. */
  Issuer issuer(SigningKey opened) {
    return Issuer.of(certificate, opened);
  }
}
