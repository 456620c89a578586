// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * EFI_SIGNATURE_LIST, little-endian, sizes in bytes. UEFI 2.10, 32.4.1:
 *
 * <pre>
 * EFI_GUID SignatureType; UINT32 SignatureListSize; UINT32 SignatureHeaderSize; UINT32 SignatureSize;
 * UINT8 SignatureHeader[SignatureHeaderSize]; EFI_SIGNATURE_DATA Signatures[][SignatureSize];
 * </pre>
 *
 * A database (PK, KEK, db, dbx) is zero or more lists one after the other. Lists of unknown types
 * are kept; known types must have the sizes that the specification gives them.
 */
public record SignatureList(
    EfiGuid signatureType,
    Bytes signatureHeader,
    int signatureSize,
    List<SignatureData> signatures) {
  private static final int HEADER_SIZE = 28;

  /** Bytes of SignatureData where the type fixes them; X509_SHA256 ends in an EFI_TIME. */
  private static final Map<EfiGuid, Integer> DATA_SIZES =
      Map.of(
          EfiGuid.CERT_SHA256, 32,
          EfiGuid.CERT_SHA384, 48,
          EfiGuid.CERT_SHA512, 64,
          EfiGuid.CERT_X509_SHA256, 48);

  public SignatureList {
    signatures = List.copyOf(signatures);
    if (signatureSize < EfiGuid.SIZE
        || signatures.stream().anyMatch(s -> s.size() != signatureSize)) {
      throw new IllegalArgumentException(
          "signatures that are not of %d bytes".formatted(signatureSize));
    }
  }

  /** A list of one X.509 certificate (DER). */
  public static SignatureList x509(EfiGuid owner, Bytes der) {
    return of(EfiGuid.CERT_X509, new SignatureData(owner, der));
  }

  /** A list of one SHA-256 digest, in db and dbx the Authenticode digest of an image. */
  public static SignatureList sha256(EfiGuid owner, Digest digest) {
    if (digest.algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException("EFI_CERT_SHA256 of " + digest);
    }
    return of(EfiGuid.CERT_SHA256, new SignatureData(owner, digest.value()));
  }

  private static SignatureList of(EfiGuid type, SignatureData signature) {
    return new SignatureList(type, Bytes.empty(), signature.size(), List.of(signature));
  }

  /** The lists of a whole database; no bytes is an empty database. */
  public static List<SignatureList> parseDatabase(Bytes database) throws FormatException {
    var reader = BinaryReader.littleEndian(database, "EFI_SIGNATURE_LIST");
    List<SignatureList> lists = new ArrayList<>();
    while (reader.hasRemaining()) {
      lists.add(read(reader));
    }
    return List.copyOf(lists);
  }

  public static Bytes encodeDatabase(List<SignatureList> lists) {
    return Bytes.concat(lists.stream().map(SignatureList::encode).toArray(Bytes[]::new));
  }

  static SignatureList read(BinaryReader reader) throws FormatException {
    EfiGuid type = EfiGuid.read(reader);
    long listSize = reader.u32();
    long headerSize = reader.u32();
    long signatureSize = reader.u32();
    requireSizes(reader, type, listSize, headerSize, signatureSize);
    Bytes header = reader.bytes(headerSize);
    var body = reader.slice("EFI_SIGNATURE_LIST", listSize - HEADER_SIZE - headerSize);
    List<SignatureData> signatures = new ArrayList<>();
    while (body.hasRemaining()) {
      signatures.add(SignatureData.read(body, signatureSize));
    }
    return new SignatureList(type, header, Math.toIntExact(signatureSize), signatures);
  }

  private static void requireSizes(
      BinaryReader reader, EfiGuid type, long listSize, long headerSize, long signatureSize)
      throws FormatException {
    if (listSize < HEADER_SIZE || listSize - HEADER_SIZE > reader.remaining()) {
      throw reader.malformed(
          "SignatureListSize %d, but %d bytes remain".formatted(listSize, reader.remaining()));
    }
    if (headerSize > listSize - HEADER_SIZE) {
      throw reader.malformed(
          "SignatureHeaderSize %d in a list of %d bytes".formatted(headerSize, listSize));
    }
    if (signatureSize <= EfiGuid.SIZE || signatureSize > Integer.MAX_VALUE) {
      throw reader.malformed("SignatureSize %d".formatted(signatureSize));
    }
    if ((listSize - HEADER_SIZE - headerSize) % signatureSize != 0) {
      throw reader.malformed(
          "%d bytes of signatures are no multiple of SignatureSize %d"
              .formatted(listSize - HEADER_SIZE - headerSize, signatureSize));
    }
    requireKnownSizes(reader, type, headerSize, signatureSize);
  }

  private static void requireKnownSizes(
      BinaryReader reader, EfiGuid type, long headerSize, long signatureSize)
      throws FormatException {
    Integer dataSize = DATA_SIZES.get(type);
    if (dataSize != null && signatureSize != EfiGuid.SIZE + dataSize) {
      throw reader.malformed(
          "SignatureSize %d, but type %s has %d"
              .formatted(signatureSize, type, EfiGuid.SIZE + dataSize));
    }
    if (headerSize != 0 && (dataSize != null || type.equals(EfiGuid.CERT_X509))) {
      throw reader.malformed(
          "SignatureHeaderSize %d, but type %s has none".formatted(headerSize, type));
    }
  }

  public Bytes encode() {
    var out =
        BinaryWriter.littleEndian()
            .bytes(signatureType.encode())
            .u32(
                HEADER_SIZE
                    + (long) signatureHeader.size()
                    + (long) signatureSize * signatures.size())
            .u32(signatureHeader.size())
            .u32(signatureSize)
            .bytes(signatureHeader);
    signatures.forEach(signature -> out.bytes(signature.encode()));
    return out.toBytes();
  }
}
