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
import java.util.Optional;

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
  private static final String STRUCTURE = "EFI_SIGNATURE_LIST";
  private static final int HEADER_SIZE = 28;

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
    return images(owner, List.of(digest));
  }

  /** A list of Authenticode digests, at least one and all by one algorithm: SHA-256, 384 or 512. */
  public static SignatureList images(EfiGuid owner, List<Digest> digests) {
    var type = SignatureType.ofImage(digests.getFirst().algorithm());
    var signatures = digests.stream().map(d -> new SignatureData(owner, d.value())).toList();
    return new SignatureList(type.guid(), Bytes.empty(), signatures.getFirst().size(), signatures);
  }

  /**
   * A list of one certificate, named by the digest of its signed part, that is revoked from this
   * time on; {@link EfiTime#NONE}: always.
   */
  public static SignatureList revoked(EfiGuid owner, Digest signedPart, EfiTime from) {
    var type = SignatureType.ofCertificate(signedPart.algorithm());
    Bytes data = Bytes.concat(signedPart.value(), from.encoded());
    return of(type.guid(), new SignatureData(owner, data));
  }

  private static SignatureList of(EfiGuid type, SignatureData signature) {
    return new SignatureList(type, Bytes.empty(), signature.size(), List.of(signature));
  }

  /** The lists of a whole database; no bytes is an empty database. */
  public static List<SignatureList> parseDatabase(Bytes database) throws FormatException {
    return readDatabase(BinaryReader.littleEndian(database, STRUCTURE));
  }

  /** The lists up to the end of the reader's input. */
  public static List<SignatureList> readDatabase(BinaryReader input) throws FormatException {
    var reader = input.named(STRUCTURE);
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
    var body = reader.slice(STRUCTURE, listSize - HEADER_SIZE - headerSize);
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
    var known = SignatureType.of(type);
    var dataSize = known.flatMap(SignatureType::dataSize);
    if (dataSize.isPresent() && signatureSize != EfiGuid.SIZE + dataSize.get()) {
      throw reader.malformed(
          "SignatureSize %d, but type %s has %d"
              .formatted(signatureSize, type, EfiGuid.SIZE + dataSize.get()));
    }
    if (headerSize != 0 && known.isPresent()) {
      throw reader.malformed(
          "SignatureHeaderSize %d, but type %s has none".formatted(headerSize, type));
    }
  }

  /** What the entries hold; empty where the specification does not know the type. */
  public Optional<SignatureType> type() {
    return SignatureType.of(signatureType);
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
