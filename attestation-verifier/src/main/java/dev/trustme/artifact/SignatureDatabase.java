// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What firmware admits (db) and refuses (dbx): signature lists in their order. UEFI 2.10, 32.4.1
 * and 32.5.3.3.
 */
public record SignatureDatabase(List<SignatureList> db, List<SignatureList> dbx) {
  public SignatureDatabase {
    db = List.copyOf(db);
    dbx = List.copyOf(dbx);
  }

  /** From the contents of the two variables. */
  public static SignatureDatabase parse(Bytes db, Bytes dbx) throws FormatException {
    return new SignatureDatabase(SignatureList.parseDatabase(db), SignatureList.parseDatabase(dbx));
  }

  /** A db of these certificates and an empty dbx: where no variable store is at hand. */
  public static SignatureDatabase of(List<X509CertificateHolder> certificates) {
    var owner = new EfiGuid(new UUID(0, 0));
    return new SignatureDatabase(
        certificates.stream().map(c -> SignatureList.x509(owner, Certificates.der(c))).toList(),
        List.of());
  }

  /** A certificate of a list, and the entry that holds it. */
  record CertificateEntry(SignatureData data, X509CertificateHolder certificate) {}

  /** The certificates of the lists; entries that are no certificate match nothing. */
  static List<CertificateEntry> certificates(List<SignatureList> lists) {
    return entries(lists, EfiGuid.CERT_X509).flatMap(SignatureDatabase::certificate).toList();
  }

  private static Stream<CertificateEntry> certificate(SignatureData data) {
    try {
      return Stream.of(new CertificateEntry(data, Certificates.parseDer(data.signatureData())));
    } catch (FormatException e) {
      return Stream.empty();
    }
  }

  /** The first SHA-256 entry of the lists with this image digest. */
  static Optional<SignatureData> hash(List<SignatureList> lists, Digest image) {
    return entries(lists, EfiGuid.CERT_SHA256)
        .filter(data -> data.signatureData().equals(image.value()))
        .findFirst();
  }

  /**
   * Whether an EFI_CERT_X509_SHA256, _SHA384 or _SHA512 entry names the to-be-signed part of the
   * certificate, whatever its time of revocation: nothing here proves when an image was signed.
   */
  static boolean namesHash(List<SignatureList> lists, X509CertificateHolder certificate) {
    var tbs = Pkcs7Signature.encoded(certificate.toASN1Structure().getTBSCertificate());
    return lists.stream()
        .filter(list -> list.type().filter(SignatureType::revokesCertificate).isPresent())
        .anyMatch(list -> {
          var digest = list.type().flatMap(SignatureType::digest).orElseThrow().digest(tbs);
          return list.signatures().stream()
              .anyMatch(data -> data.signatureData().startsWith(digest.value()));
        });
  }

  private static Stream<SignatureData> entries(List<SignatureList> lists, EfiGuid type) {
    return lists.stream()
        .filter(list -> list.signatureType().equals(type))
        .flatMap(list -> list.signatures().stream());
  }
}
