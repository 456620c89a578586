// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * A signature in the form of the extended attributes security.ima and security.evm: type, version,
 * hash_algo, keyid and sig_size (big-endian), then the signature. Extracted, not verified. Linux
 * security/integrity/integrity.h, struct signature_v2_hdr.
 *
 * @param keyId the last four bytes of the signer's subject key identifier, as the header claims
 */
public record ImaSignature(
    Type type, int version, KernelHash hashAlgo, long keyId, Bytes signature) {
  private static final int FILE_VERSION = 2;
  private static final int VERITY_VERSION = 3;

  /** What the signature is over; the first byte. */
  public enum Type {
    /** A file's hash. */
    EVM_IMA_XATTR_DIGSIG(3),
    /** A file's metadata. */
    EVM_XATTR_PORTABLE_DIGSIG(5),
    /** A structure that holds the file's fs-verity digest. */
    IMA_VERITY_DIGSIG(6);

    private final int value;

    Type(int value) {
      this.value = value;
    }

    public int value() {
      return value;
    }
  }

  public static ImaSignature parse(Bytes field) throws FormatException {
    return read(BinaryReader.bigEndian(field, "signature_v2_hdr"));
  }

  /** A signature over a file's hash, version 2. */
  public static ImaSignature ofFile(KernelHash hash, long keyId, Bytes signature) {
    return new ImaSignature(Type.EVM_IMA_XATTR_DIGSIG, FILE_VERSION, hash, keyId, signature);
  }

  /** A signature over a file's fs-verity digest, version 3. */
  public static ImaSignature ofVerity(KernelHash hash, long keyId, Bytes signature) {
    return new ImaSignature(Type.IMA_VERITY_DIGSIG, VERITY_VERSION, hash, keyId, signature);
  }

  static ImaSignature read(BinaryReader reader) throws FormatException {
    Type type = type(reader);
    int version = reader.u8();
    int expected = type == Type.IMA_VERITY_DIGSIG ? VERITY_VERSION : FILE_VERSION;
    if (version != expected) {
      throw reader.malformed(
          "version %d of a signature of type %d, expected %d"
              .formatted(version, type.value(), expected));
    }
    int hash = reader.u8();
    KernelHash hashAlgo =
        KernelHash.byNumber(hash).orElseThrow(() -> reader.malformed("hash_algo " + hash));
    long keyId = reader.u32();
    int size = reader.u16();
    if (size != reader.remaining() || size == 0) {
      throw reader.malformed(
          "sig_size %d, but %d bytes follow".formatted(size, reader.remaining()));
    }
    return new ImaSignature(type, version, hashAlgo, keyId, reader.rest());
  }

  private static Type type(BinaryReader reader) throws FormatException {
    int value = reader.u8();
    for (Type type : Type.values()) {
      if (type.value() == value) {
        return type;
      }
    }
    throw reader.malformed("a signature of type " + value);
  }

  /** The bytes of the attribute: {@code parse(encode())} is this again. */
  public Bytes encode() {
    return BinaryWriter.bigEndian()
        .u8(type.value())
        .u8(version)
        .u8(hashAlgo.number())
        .u32(keyId)
        .u16(signature.size())
        .bytes(signature)
        .toBytes();
  }

  /** The key identifier as eight hex digits. */
  public String keyIdHex() {
    return "%08x".formatted(keyId);
  }
}
