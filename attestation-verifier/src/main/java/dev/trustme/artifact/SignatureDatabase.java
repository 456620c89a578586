// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What firmware admits (db) and refuses (dbx): signature lists in their order. UEFI 2.10, 32.4.1
 * and 32.5.3.3.
 */
public record SignatureDatabase(List<SignatureList> db, List<SignatureList> dbx) {
  private static final Set<SignatureType> IMAGE_DIGESTS =
      Set.of(
          SignatureType.EFI_CERT_SHA256,
          SignatureType.EFI_CERT_SHA384,
          SignatureType.EFI_CERT_SHA512);

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

  /** The entry of dbx that is a digest of the image, by whatever algorithm dbx uses. */
  Optional<ListedEntry> refusesImage(PeImage image) throws FormatException {
    return ofImage(dbx, image);
  }

  /** The entry of db that is a digest of the image. */
  Optional<ListedEntry> admitsImage(PeImage image) throws FormatException {
    return ofImage(db, image);
  }

  /** The first entry that is a SHA-256, SHA-384 or SHA-512 digest of the image. */
  static Optional<ListedEntry> ofImage(List<SignatureList> lists, PeImage image)
      throws FormatException {
    Map<HashAlgorithm, Bytes> digests = new EnumMap<>(HashAlgorithm.class);
    for (var entry : entries(lists)) {
      var algorithm = entry.type().filter(IMAGE_DIGESTS::contains).flatMap(SignatureType::digest);
      if (algorithm.isEmpty()) {
        continue;
      }
      var digest = digests.get(algorithm.get());
      if (digest == null) {
        digest = image.authenticodeDigest(algorithm.get()).value();
        digests.put(algorithm.get(), digest);
      }
      if (entry.data().signatureData().equals(digest)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /** The entries that are certificates; what cannot be read as one matches nothing. */
  static List<ListedEntry> certificates(List<SignatureList> lists) {
    return entries(lists).stream().filter(entry -> entry.certificate().isPresent()).toList();
  }

  /** The first certificate of the lists that the path leads to. */
  static Optional<ListedEntry> authority(List<SignatureList> lists, SignerPath path) {
    return certificates(lists).stream()
        .filter(entry -> path.leadsTo(entry.certificate().orElseThrow()))
        .findFirst();
  }

  /**
   * What of the lists refuses the path, for people: a certificate that it leads to, or the digest
   * of the to-be-signed part of one on it, whatever its time of revocation: nothing here proves
   * when an image was signed.
   */
  static Optional<Refusal> refusal(List<SignatureList> lists, SignerPath path) {
    for (var entry : entries(lists)) {
      var certificate = entry.certificate();
      if (certificate.isPresent() && path.leadsTo(certificate.get())) {
        return Optional.of(
            new Refusal(false, "%s, which is entry %d".formatted(entry.name(), entry.number())));
      }
      if (entry.type().filter(SignatureType::revokesCertificate).isPresent()) {
        var named = path.certificates().stream().filter(c -> isDigestOf(entry, c)).findFirst();
        if (named.isPresent()) {
          var seen =
              "%s, whose digest is entry %d, revoked from %s"
                  .formatted(named.get().getSubject(), entry.number(), revokedFrom(entry));
          return Optional.of(new Refusal(true, seen));
        }
      }
    }
    return Optional.empty();
  }

  /** Why a path is refused: by the digest of a certificate, or by the certificate; for people. */
  record Refusal(boolean byDigest, String seen) {
    /** The check's id: {@code dbx-certificate} or {@code dbx-certificate-hash}. */
    String id(String check) {
      return byDigest ? check + "-hash" : check;
    }
  }

  private static boolean isDigestOf(ListedEntry entry, X509CertificateHolder certificate) {
    var tbs = Pkcs7Signature.encoded(certificate.toASN1Structure().getTBSCertificate());
    var digest = entry.type().flatMap(SignatureType::digest).orElseThrow().digest(tbs);
    return entry.data().signatureData().startsWith(digest.value());
  }

  /** The EFI_TIME behind the digest; all zero means always. */
  private static String revokedFrom(ListedEntry entry) {
    var data = entry.data().signatureData();
    var time = data.slice(data.size() - EfiTime.SIZE, data.size());
    if (time.isAllZero()) {
      return "the beginning";
    }
    try {
      return new EfiTime(time).toInstant().toString();
    } catch (FormatException e) {
      return "an unreadable time";
    }
  }

  /** All entries with their numbers. */
  static List<ListedEntry> entries(List<SignatureList> lists) {
    List<ListedEntry> entries = new ArrayList<>();
    for (var list : lists) {
      for (var data : list.signatures()) {
        entries.add(new ListedEntry(entries.size() + 1, list.type(), data));
      }
    }
    return entries;
  }
}
