// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/**
 * What fs-verity knows of a file; its hash is the file's fs-verity digest. 256 bytes,
 * little-endian. Linux, Documentation/filesystems/fsverity.rst, "fs-verity descriptor":
 *
 * <pre>
 * u8 version = 1, hash_algorithm (1 sha256, 2 sha512), log_blocksize, salt_size; le32 0;
 *   le64 data_size; u8 root_hash[64], salt[32], reserved[144] = 0
 * </pre>
 *
 * @param dataSize the file's size in bytes, as an unsigned number
 */
public record FsVerityDescriptor(FsVerity parameters, long dataSize, Bytes rootHash) {
  private static final String STRUCTURE = "fsverity_descriptor";
  private static final Bytes SIGNED_MAGIC = Bytes.utf8("FSVerity");
  private static final int ROOT_HASH = 64;
  private static final int RESERVED = 144;

  public FsVerityDescriptor {
    if (rootHash.size() != parameters.algorithm().size()) {
      throw new IllegalArgumentException("a root hash of %d bytes".formatted(rootHash.size()));
    }
  }

  public static FsVerityDescriptor parse(Bytes descriptor) throws FormatException {
    var reader = BinaryReader.littleEndian(descriptor, STRUCTURE);
    require(reader, reader.u8() == 1, "version is not 1");
    var algorithm =
        switch (reader.u8()) {
          case 1 -> HashAlgorithm.SHA256;
          case 2 -> HashAlgorithm.SHA512;
          default -> throw reader.malformed("hash_algorithm is neither 1 nor 2");
        };
    int log = reader.u8();
    require(reader, log >= FsVerity.MIN_LOG && log <= FsVerity.MAX_LOG, "log_blocksize " + log);
    int saltSize = reader.u8();
    require(reader, saltSize <= FsVerity.MAX_SALT, "salt_size " + saltSize);
    require(reader, reader.u32() == 0, "a signature size or reserved bytes are not zero");
    long dataSize = reader.u64();
    var root = reader.bytes(algorithm.size());
    zeros(reader, ROOT_HASH - algorithm.size(), "root_hash");
    var salt = reader.bytes(saltSize);
    zeros(reader, FsVerity.MAX_SALT - saltSize, "salt");
    zeros(reader, RESERVED, "reserved");
    reader.expectEnd();
    return new FsVerityDescriptor(new FsVerity(algorithm, 1 << log, salt), dataSize, root);
  }

  private static void zeros(BinaryReader reader, int count, String field) throws FormatException {
    require(reader, reader.bytes(count).isAllZero(), "bytes after the end of %s".formatted(field));
  }

  private static void require(BinaryReader reader, boolean holds, String problem)
      throws FormatException {
    if (!holds) {
      throw reader.malformed(problem);
    }
  }

  public Bytes encode() {
    var salt = parameters.salt();
    return BinaryWriter.littleEndian()
        .u8(1)
        .u8(number())
        .u8(Integer.numberOfTrailingZeros(parameters.blockSize()))
        .u8(salt.size())
        .u32(0)
        .u64(dataSize)
        .bytes(rootHash)
        .zeros(ROOT_HASH - rootHash.size())
        .bytes(salt)
        .zeros(FsVerity.MAX_SALT - salt.size() + RESERVED)
        .toBytes();
  }

  /** FS_VERITY_HASH_ALG_*. */
  private int number() {
    return parameters.algorithm() == HashAlgorithm.SHA512 ? 2 : 1;
  }

  /** The file's fs-verity digest. */
  public Digest digest() {
    return parameters.algorithm().digest(encode());
  }

  /**
   * What a built-in signature is over, struct fsverity_formatted_digest: "FSVerity", le16
   * algorithm, le16 size, digest.
   */
  public Bytes formattedDigest() {
    var digest = digest().value();
    return BinaryWriter.littleEndian()
        .bytes(SIGNED_MAGIC)
        .u16(number())
        .u16(digest.size())
        .bytes(digest)
        .toBytes();
  }
}
