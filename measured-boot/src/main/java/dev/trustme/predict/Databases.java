// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looking into signature databases: db, dbx, MokList, MokListX. */
final class Databases {
  private static final Map<EfiGuid, HashAlgorithm> IMAGE_DIGESTS =
      Map.of(
          EfiGuid.CERT_SHA256, HashAlgorithm.SHA256,
          EfiGuid.CERT_SHA384, HashAlgorithm.SHA384,
          EfiGuid.CERT_SHA512, HashAlgorithm.SHA512);

  private Databases() {}

  static List<SignatureList> parse(String name, Bytes content) throws FormatException {
    try {
      return SignatureList.parseDatabase(content);
    } catch (FormatException e) {
      throw e.in(name);
    }
  }

  /** The content, once it is known to be a database. */
  static Bytes require(String name, Bytes content) throws FormatException {
    parse(name, content);
    return content;
  }

  /** The first entry with exactly that certificate or digest. */
  static Optional<SignatureData> entry(List<SignatureList> database, Bytes data) {
    return database.stream()
        .flatMap(list -> list.signatures().stream())
        .filter(s -> s.signatureData().equals(data))
        .findFirst();
  }

  static List<SignatureData> certificates(List<SignatureList> database) {
    return database.stream()
        .filter(list -> list.signatureType().equals(EfiGuid.CERT_X509))
        .flatMap(list -> list.signatures().stream())
        .toList();
  }

  /** The first entry that is a digest of the image. */
  static Optional<SignatureData> ofImage(List<SignatureList> database, ImageDigest image)
      throws FormatException {
    for (SignatureList list : database) {
      HashAlgorithm algorithm = IMAGE_DIGESTS.get(list.signatureType());
      if (algorithm != null) {
        Bytes digest = image.digest(algorithm).value();
        var found =
            list.signatures().stream().filter(s -> s.signatureData().equals(digest)).findFirst();
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The Authenticode digest of an image, by algorithm. */
  interface ImageDigest {
    Digest digest(HashAlgorithm algorithm) throws FormatException;
  }
}
