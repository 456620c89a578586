// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * The header of a dm-verity hash area, 512 bytes, little-endian: {@code "verity\0\0", u32 version =
 * 1, u32 hash_type, u8 uuid[16], char algorithm[32], u32 data_block_size, u32 hash_block_size, u64
 * data_blocks, u16 salt_size, u8 pad[6], u8 salt[256], u8 pad[168]}; cryptsetup's DMVerity, "Verity
 * superblock". Only hash type 1 (salt first) with blocks of 4096 bytes is read and written.
 */
public record VeritySuperblock(Bytes uuid, HashAlgorithm algorithm, long dataBlocks, Bytes salt) {
  /** Bytes of a data block and of a hash block. */
  public static final int BLOCK = 4096;

  /** Bytes of the encoded superblock. */
  public static final int SIZE = 512;

  private static final Bytes MAGIC = Bytes.utf8("verity\0\0");
  private static final int MAX_SALT = 256;
  private static final Set<HashAlgorithm> ALGORITHMS =
      Set.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512);

  /** Most data blocks: the leaves of the tree then fit one gigabyte (128 GiB with SHA-256). */
  private static final long MAX_DATA_BLOCKS = 1L << 24;

  public VeritySuperblock {
    if (uuid.size() != 16
        || salt.size() > MAX_SALT
        || !ALGORITHMS.contains(algorithm)
        || dataBlocks < 1
        || dataBlocks > MAX_DATA_BLOCKS) {
      throw new IllegalArgumentException(
          "verity: uuid of %d bytes, salt of %d, %s, %d blocks"
              .formatted(uuid.size(), salt.size(), algorithm, dataBlocks));
    }
  }

  public static VeritySuperblock parse(ByteBuffer input) throws FormatException {
    var reader = BinaryReader.littleEndian(input, "verity superblock");
    if (!reader.bytes(MAGIC.size()).equals(MAGIC)) {
      throw new FormatException("verity superblock", 0, "expected the magic \"verity\"");
    }
    expect(reader, "version", 1);
    expect(reader, "hash type", 1);
    var uuid = reader.bytes(16);
    var algorithm = algorithm(reader);
    expect(reader, "data block size", BLOCK);
    expect(reader, "hash block size", BLOCK);
    long dataBlocks = reader.u64();
    if (dataBlocks < 1 || dataBlocks > MAX_DATA_BLOCKS) {
      throw reader.malformed("unusable number of data blocks " + Long.toUnsignedString(dataBlocks));
    }
    int saltSize = reader.u16();
    if (saltSize > MAX_SALT) {
      throw reader.malformed("salt of %d bytes, at most 256 are possible".formatted(saltSize));
    }
    requireZero(reader, 6);
    var salt = reader.bytes(saltSize);
    requireZero(reader, MAX_SALT - saltSize + 168);
    reader.expectEnd();
    return new VeritySuperblock(uuid, algorithm, dataBlocks, salt);
  }

  private static void expect(BinaryReader reader, String field, long value) throws FormatException {
    long found = reader.u32();
    if (found != value) {
      throw reader.malformed("%s %d is not supported, expected %d".formatted(field, found, value));
    }
  }

  private static HashAlgorithm algorithm(BinaryReader reader) throws FormatException {
    var field = reader.bytes(32);
    for (var algorithm : ALGORITHMS) {
      if (field.equals(name(algorithm))) {
        return algorithm;
      }
    }
    throw reader.malformed("unknown hash algorithm " + field.hex());
  }

  private static Bytes name(HashAlgorithm algorithm) {
    var label = Bytes.utf8(algorithm.label());
    return Bytes.concat(label, Bytes.zeros(32 - label.size()));
  }

  private static void requireZero(BinaryReader reader, int count) throws FormatException {
    if (!reader.bytes(count).isAllZero()) {
      throw reader.malformed("padding is not zero");
    }
  }

  public Bytes encode() {
    return BinaryWriter.littleEndian()
        .bytes(MAGIC)
        .u32(1)
        .u32(1)
        .bytes(uuid)
        .bytes(name(algorithm))
        .u32(BLOCK)
        .u32(BLOCK)
        .u64(dataBlocks)
        .u16(salt.size())
        .zeros(6)
        .bytes(salt)
        .zeros(MAX_SALT - salt.size() + 168)
        .toBytes();
  }

  /** Bytes of the protected data. */
  public long dataSize() {
    return dataBlocks * BLOCK;
  }
}
