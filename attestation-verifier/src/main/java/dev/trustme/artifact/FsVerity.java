// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How fs-verity hashes a file: Linux, Documentation/filesystems/fsverity.rst, "Merkle tree". Each
 * block, the last one padded with zeros, becomes H(salt || block), the salt padded with zeros to
 * the hash's own block; blocks of hashes are hashed again until one hash is left. A file of one
 * block has that hash as its root, an empty file zeros.
 *
 * @param blockSize in bytes, a power of two from 1,024 to 65,536
 * @param salt up to 32 bytes
 */
public record FsVerity(HashAlgorithm algorithm, int blockSize, Bytes salt) {
  /** What the tools take where nothing else is said. */
  public static final FsVerity DEFAULT = new FsVerity(HashAlgorithm.SHA256, 4096, Bytes.empty());

  static final int MAX_SALT = 32;
  static final int MIN_LOG = 10;
  static final int MAX_LOG = 16;

  public FsVerity {
    if (algorithm != HashAlgorithm.SHA256 && algorithm != HashAlgorithm.SHA512) {
      throw new IllegalArgumentException("fs-verity hashes with sha256 or sha512");
    }
    if (Integer.bitCount(blockSize) != 1 || blockSize < 1 << MIN_LOG || blockSize > 1 << MAX_LOG) {
      throw new IllegalArgumentException("block size: a power of two from 1024 to 65536");
    }
    if (salt.size() > MAX_SALT) {
      throw new IllegalArgumentException("salt: at most 32 bytes");
    }
  }

  /** The descriptor of the content, read to its end; memory does not grow with it. */
  public FsVerityDescriptor measure(InputStream content) throws IOException {
    var tree = new Tree();
    long size = 0;
    var block = new byte[blockSize];
    for (int got = content.readNBytes(block, 0, blockSize); got > 0; ) {
      Arrays.fill(block, got, blockSize, (byte) 0);
      tree.add(0, tree.hash(block));
      size += got;
      got = content.readNBytes(block, 0, blockSize);
    }
    return new FsVerityDescriptor(this, size, tree.root());
  }

  /** The tree in the making: one block of hashes for each level. */
  private final class Tree {
    private final List<Level> levels = new ArrayList<>();
    private final MessageDigest digest = algorithm.newDigest();
    private final byte[] prefix;

    Tree() {
      int unit = algorithm == HashAlgorithm.SHA512 ? 128 : 64;
      prefix = salt.isEmpty() ? new byte[0] : Arrays.copyOf(salt.toArray(), unit);
    }

    private final class Level {
      private final byte[] block = new byte[blockSize];
      private int used;
    }

    byte[] hash(byte[] block) {
      digest.update(prefix);
      return digest.digest(block);
    }

    void add(int height, byte[] hash) {
      if (height == levels.size()) {
        levels.add(new Level());
      }
      var level = levels.get(height);
      System.arraycopy(hash, 0, level.block, level.used, hash.length);
      level.used += hash.length;
      if (level.used == blockSize) {
        close(height);
      }
    }

    private void close(int height) {
      var level = levels.get(height);
      byte[] hash = hash(level.block);
      Arrays.fill(level.block, (byte) 0);
      level.used = 0;
      add(height + 1, hash);
    }

    Bytes root() {
      if (levels.isEmpty()) {
        return Bytes.zeros(algorithm.size());
      }
      int height = 0;
      while (height < levels.size() - 1 || levels.get(height).used > algorithm.size()) {
        if (levels.get(height).used > 0) {
          close(height);
        }
        height++;
      }
      return Bytes.copyOf(Arrays.copyOf(levels.get(height).block, algorithm.size()));
    }
  }
}
