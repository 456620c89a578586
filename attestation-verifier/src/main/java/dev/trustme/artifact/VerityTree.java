// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The dm-verity hash tree over an image, hash type 1: each block of 4096 bytes becomes H(salt ||
 * block) in a slot of 4096 / 2^floor(log2(4096 / digest size)) bytes, padded with zeros; blocks of
 * slots are hashed again until one is left, whose hash is the root. Levels are stored top first. A
 * single data block has no tree: its hash is the root. Kernel documentation, device-mapper/verity.
 */
public final class VerityTree {
  private static final int BLOCK = VeritySuperblock.BLOCK;

  /** Blocks read and hashed at a time. */
  private static final int CHUNK_BLOCKS = 256;

  private final VeritySuperblock superblock;
  private final Digest root;
  private final Bytes levels;

  private VerityTree(VeritySuperblock superblock, Digest root, Bytes levels) {
    this.superblock = superblock;
    this.root = root;
    this.levels = levels;
  }

  /** Hashes the first {@code superblock.dataSize()} bytes of the image. */
  public static VerityTree compute(FileChannel image, VeritySuperblock superblock)
      throws IOException {
    if (image.size() < superblock.dataSize()) {
      throw new IOException(
          "the image has %d bytes, its verity data %d"
              .formatted(image.size(), superblock.dataSize()));
    }
    var hasher = new BlockHasher(superblock);
    byte[] level = hasher.leaves(image);
    if (superblock.dataBlocks() == 1) {
      var root = Bytes.copyOf(level).slice(0, superblock.algorithm().size());
      return new VerityTree(superblock, new Digest(superblock.algorithm(), root), Bytes.empty());
    }
    Deque<Bytes> levels = new ArrayDeque<>();
    levels.addFirst(Bytes.copyOf(level));
    while (level.length > BLOCK) {
      level = hasher.level(level);
      levels.addFirst(Bytes.copyOf(level));
    }
    var root = superblock.algorithm().digest(superblock.salt(), Bytes.copyOf(level));
    return new VerityTree(superblock, root, Bytes.concat(levels.toArray(Bytes[]::new)));
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
    var expected = tree.encode();
    boolean same =
        image.size() - hashOffset == expected.size()
            && Bytes.copyOf(read(image, hashOffset, expected.size())).equals(expected);
    checks.add(
        same
            ? Check.pass("verity-hash-tree", expected.size() + " bytes")
            : Check.fail("verity-hash-tree", "the tree of the data", "another")
                .at("offset " + hashOffset));
    return Verdict.of(checks, () -> tree);
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
    return Bytes.concat(superblock.encode(), Bytes.zeros(BLOCK - VeritySuperblock.SIZE), levels);
  }

  /** Where the tree begins when the hash area follows the data: block number in the image. */
  public long hashStart() {
    return superblock.dataBlocks() + 1;
  }

  /** Hashes runs of blocks into slots; two runs can be hashed at once. */
  private record BlockHasher(VeritySuperblock superblock, int slot) {
    BlockHasher(VeritySuperblock superblock) {
      this(superblock, BLOCK / Integer.highestOneBit(BLOCK / superblock.algorithm().size()));
    }

    byte[] leaves(FileChannel image) throws IOException {
      byte[] out = slots(superblock.dataBlocks());
      long chunks = (superblock.dataBlocks() + CHUNK_BLOCKS - 1) / CHUNK_BLOCKS;
      try {
        LongStream.range(0, chunks).parallel().forEach(chunk -> chunk(image, chunk, out));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      return out;
    }

    private void chunk(FileChannel image, long chunk, byte[] out) {
      long first = chunk * CHUNK_BLOCKS;
      int count = Math.toIntExact(Math.min(CHUNK_BLOCKS, superblock.dataBlocks() - first));
      try {
        byte[] blocks = read(image, first * BLOCK, count * BLOCK);
        if (blocks.length < count * BLOCK) {
          throw new IOException("the image became shorter while it was read");
        }
        hash(blocks, out, Math.toIntExact(first * slot));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] level(byte[] below) {
      byte[] out = slots(below.length / BLOCK);
      hash(below, out, 0);
      return out;
    }

    private byte[] slots(long blocks) {
      long bytes = blocks * slot;
      return new byte[Math.toIntExact((bytes + BLOCK - 1) / BLOCK * BLOCK)];
    }

    private void hash(byte[] blocks, byte[] out, int at) {
      MessageDigest digest = superblock.algorithm().newDigest();
      byte[] salt = superblock.salt().toArray();
      for (int block = 0; block * BLOCK < blocks.length; block++) {
        digest.update(salt);
        digest.update(blocks, block * BLOCK, BLOCK);
        byte[] hash = digest.digest();
        System.arraycopy(hash, 0, out, at + block * slot, hash.length);
      }
    }
  }
}
