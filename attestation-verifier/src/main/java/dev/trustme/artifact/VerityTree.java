// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The dm-verity hash tree over an image, hash type 1: each block of 4096 bytes becomes H(salt ||
 * block) in a slot of 4096 / 2^floor(log2(4096 / digest size)) bytes, padded with zeros; blocks of
 * slots are hashed again until one is left, whose hash is the root. Levels are stored top first. A
 * single data block has no tree: its hash is the root. Kernel documentation, device-mapper/verity.
 */
public final class VerityTree {
  private static final int BLOCK = VeritySuperblock.BLOCK;
  private static final int WRITE = 1 << 20;

  private final VeritySuperblock superblock;
  private final Digest root;
  private final byte[] levels;

  private VerityTree(VeritySuperblock superblock, Digest root, byte[] levels) {
    this.superblock = superblock;
    this.root = root;
    this.levels = levels;
  }

  /**
   * Hashes the first {@code superblock.dataSize()} bytes of the image, on all cores. Besides the
   * tree, which has about 1/127 of the image's size with SHA-256, little memory is used.
   */
  public static VerityTree compute(FileChannel image, VeritySuperblock superblock)
      throws IOException {
    if (image.size() < superblock.dataSize()) {
      throw new IOException(
          "the image has %d bytes, its verity data %d"
              .formatted(image.size(), superblock.dataSize()));
    }
    var hasher = new VerityHasher(superblock);
    if (superblock.dataBlocks() == 1) {
      byte[] hash = new byte[hasher.slot()];
      hasher.leaves(image, hash, 0);
      return new VerityTree(superblock, digest(superblock, hash), new byte[0]);
    }
    List<Integer> sizes = levelSizes(superblock, hasher.slot());
    byte[] levels = new byte[sum(sizes)];
    int at = levels.length - sizes.getFirst();
    hasher.leaves(image, levels, at);
    for (int level = 1; level < sizes.size(); level++) {
      int below = at / BLOCK;
      at -= sizes.get(level);
      hasher.hash(levels, new VerityHasher.Run(below, sizes.get(level - 1) / BLOCK), levels, at);
    }
    byte[] hash = new byte[hasher.slot()];
    hasher.hash(levels, new VerityHasher.Run(0, 1), hash, 0);
    return new VerityTree(superblock, digest(superblock, hash), levels);
  }

  private static Digest digest(VeritySuperblock superblock, byte[] slot) {
    var algorithm = superblock.algorithm();
    return new Digest(algorithm, Bytes.copyOf(slot).slice(0, algorithm.size()));
  }

  private static int sum(List<Integer> sizes) {
    int sum = 0;
    for (int size : sizes) {
      sum = Math.addExact(sum, size);
    }
    return sum;
  }

  /** Bytes of each level in whole blocks, that of the leaves first. */
  private static List<Integer> levelSizes(VeritySuperblock superblock, int slot) {
    List<Integer> sizes = new ArrayList<>();
    long blocks = superblock.dataBlocks();
    while (blocks > 1) {
      blocks = (blocks * slot + BLOCK - 1) / BLOCK;
      sizes.add(Math.toIntExact(blocks * BLOCK));
    }
    return sizes;
  }

  /**
   * Verifies an image whose superblock and tree begin at {@code hashOffset} (bytes, directly after
   * the data): every data block is hashed, and the stored tree must be the computed one, to the
   * file's last byte.
   */
  public static Verdict<VerityTree> verify(FileChannel image, long hashOffset, Digest rootHash)
      throws IOException, FormatException {
    var superblock =
        VeritySuperblock.parse(ByteBuffer.wrap(read(image, hashOffset, VeritySuperblock.SIZE)));
    List<Check> checks = new ArrayList<>();
    checks.add(check("verity-data-size", hashOffset + " bytes", superblock.dataSize() + " bytes"));
    if (checks.getFirst().failed()) {
      return new Verdict.Rejected<>(checks);
    }
    var tree = compute(image, superblock);
    checks.add(check("verity-root-hash", rootHash.toString(), tree.root().toString()));
    checks.add(
        tree.isAt(image, hashOffset)
            ? Check.pass("verity-hash-tree", tree.hashAreaSize() + " bytes")
            : Check.fail("verity-hash-tree", "the tree of the data", "another")
                .at("offset " + hashOffset));
    return Verdict.of(checks, () -> tree);
  }

  /** Whether the hash area at the offset, up to the end of the file, is this one. */
  boolean isAt(FileChannel image, long hashOffset) throws IOException {
    if (image.size() - hashOffset != hashAreaSize()
        || !Bytes.copyOf(read(image, hashOffset, BLOCK)).equals(head())) {
      return false;
    }
    for (int at = 0; at < levels.length; at += BLOCK) {
      byte[] stored = read(image, hashOffset + BLOCK + at, BLOCK);
      if (!Arrays.equals(stored, 0, stored.length, levels, at, at + BLOCK)) {
        return false;
      }
    }
    return true;
  }

  private static Check check(String id, String expected, String seen) {
    return expected.equals(seen) ? Check.pass(id, seen) : Check.fail(id, expected, seen);
  }

  /** The bytes at the offset, fewer where the file ends before. */
  private static byte[] read(FileChannel channel, long offset, int count) throws IOException {
    var content = new byte[count];
    var buffer = ByteBuffer.wrap(content);
    int got = 0;
    while (buffer.hasRemaining() && got >= 0) {
      got = channel.read(buffer, offset + buffer.position());
    }
    return buffer.hasRemaining() ? Arrays.copyOf(content, buffer.position()) : content;
  }

  public VeritySuperblock superblock() {
    return superblock;
  }

  public Digest root() {
    return root;
  }

  /** Superblock, zeros up to the block size, then the levels, top first: the whole hash area. */
  public Bytes encode() {
    return Bytes.concat(head(), Bytes.copyOf(levels));
  }

  /** Writes {@link #encode} into the file at the offset (bytes), without a copy in memory. */
  public void writeTo(FileChannel file, long offset) throws IOException {
    write(file, offset, head().buffer());
    write(file, offset + BLOCK, ByteBuffer.wrap(levels).asReadOnlyBuffer());
  }

  /** A slice at a time: the JVM copies what it writes from the heap. */
  private static void write(FileChannel file, long offset, ByteBuffer content) throws IOException {
    for (int at = 0; at < content.capacity(); at = content.position()) {
      content.limit(Math.min(content.capacity(), at + WRITE));
      file.write(content, offset + at);
    }
  }

  /** Bytes of the hash area. */
  public long hashAreaSize() {
    return BLOCK + (long) levels.length;
  }

  private Bytes head() {
    return Bytes.concat(superblock.encode(), Bytes.zeros(BLOCK - VeritySuperblock.SIZE));
  }

  /** Where the tree begins when the hash area follows the data: block number in the image. */
  public long hashStart() {
    return superblock.dataBlocks() + 1;
  }
}
