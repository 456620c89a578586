// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.HashAlgorithm;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * SignatureType of an EFI_SIGNATURE_LIST: what its entries hold. UEFI 2.10, 32.4.1; sizes in bytes,
 * without SignatureOwner.
 */
public enum SignatureType {
  /** A certificate, DER. */
  EFI_CERT_X509(EfiGuid.CERT_X509, -1),
  /** In db and dbx the Authenticode digest of an image. */
  EFI_CERT_SHA256(EfiGuid.CERT_SHA256, 32),
  EFI_CERT_SHA384(EfiGuid.CERT_SHA384, 48),
  EFI_CERT_SHA512(EfiGuid.CERT_SHA512, 64),
  /** Digest of a certificate's signed part, then the EFI_TIME from which it is revoked. */
  EFI_CERT_X509_SHA256(EfiGuid.CERT_X509_SHA256, 32 + EfiTime.SIZE),
  EFI_CERT_X509_SHA384(EfiGuid.CERT_X509_SHA384, 48 + EfiTime.SIZE),
  EFI_CERT_X509_SHA512(EfiGuid.CERT_X509_SHA512, 64 + EfiTime.SIZE),
  EFI_CERT_SHA1("826ca512-cf10-4ac9-b187-be01496631bd", 20),
  EFI_CERT_SHA224("0b6e5233-a65c-44c9-9407-d9ab83bfc8bd", 28),
  EFI_CERT_RSA2048("3c5766e8-269c-4e34-aa14-ed776e85b3b6", 256),
  EFI_CERT_RSA2048_SHA1("67f8444f-8743-48f1-a328-1eaab8736080", 256),
  EFI_CERT_RSA2048_SHA256("e2b36190-879b-4a3d-ad8d-f2e7bba32784", 256),
  /** The owner's keys are managed outside: one byte, zero. */
  EFI_CERT_EXTERNAL_MANAGEMENT("452e8ced-dfff-4b8c-ae01-5118862e682c", 1);

  private final UUID guid;
  private final int dataSize;

  SignatureType(EfiGuid guid, int dataSize) {
    this.guid = guid.value();
    this.dataSize = dataSize;
  }

  SignatureType(String guid, int dataSize) {
    this(new EfiGuid(UUID.fromString(guid)), dataSize);
  }

  public EfiGuid guid() {
    return new EfiGuid(guid);
  }

  /** Bytes of SignatureData, or empty where they differ from entry to entry. */
  public Optional<Integer> dataSize() {
    return dataSize < 0 ? Optional.empty() : Optional.of(dataSize);
  }

  /** Whether an entry is a digest of a certificate with a time of revocation. */
  public boolean revokesCertificate() {
    return this == EFI_CERT_X509_SHA256
        || this == EFI_CERT_X509_SHA384
        || this == EFI_CERT_X509_SHA512;
  }

  /** The digest of an image, or of a certificate's signed part, that an entry begins with. */
  public Optional<HashAlgorithm> digest() {
    return switch (this) {
      case EFI_CERT_SHA1 -> Optional.of(HashAlgorithm.SHA1);
      case EFI_CERT_SHA256, EFI_CERT_X509_SHA256 -> Optional.of(HashAlgorithm.SHA256);
      case EFI_CERT_SHA384, EFI_CERT_X509_SHA384 -> Optional.of(HashAlgorithm.SHA384);
      case EFI_CERT_SHA512, EFI_CERT_X509_SHA512 -> Optional.of(HashAlgorithm.SHA512);
      case EFI_CERT_X509,
          EFI_CERT_SHA224,
          EFI_CERT_RSA2048,
          EFI_CERT_RSA2048_SHA1,
          EFI_CERT_RSA2048_SHA256,
          EFI_CERT_EXTERNAL_MANAGEMENT ->
          Optional.empty();
    };
  }

  /** The type of lists of image digests by this algorithm. */
  public static SignatureType ofImage(HashAlgorithm algorithm) {
    return ofDigest(algorithm, false);
  }

  /** The type of lists of revoked certificates by this algorithm. */
  public static SignatureType ofCertificate(HashAlgorithm algorithm) {
    return ofDigest(algorithm, true);
  }

  private static SignatureType ofDigest(HashAlgorithm algorithm, boolean certificate) {
    return Arrays.stream(values())
        .filter(t -> t.revokesCertificate() == certificate)
        .filter(t -> t.digest().equals(Optional.of(algorithm)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no signature list for " + algorithm));
  }

  public static Optional<SignatureType> of(EfiGuid guid) {
    return Arrays.stream(values()).filter(t -> t.guid.equals(guid.value())).findFirst();
  }
}
