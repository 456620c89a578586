// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.stream.LongStream;

/**
 * Hashes runs of dm-verity blocks into slots, several runs at once.
 *
 * @param slot bytes from one hash to the next
 */
record VerityHasher(VeritySuperblock superblock, int slot) {
  private static final int BLOCK = VeritySuperblock.BLOCK;

  /** Blocks read at a time: so many stay in a core's own cache until they are hashed. */
  private static final int CHUNK_BLOCKS = 64;

  /** Blocks that one core hashes before it takes the next run. */
  private static final int RUN_BLOCKS = 2048;

  VerityHasher(VeritySuperblock superblock) {
    this(superblock, BLOCK / Integer.highestOneBit(BLOCK / superblock.algorithm().size()));
  }

  /** Consecutive blocks, counted from the first of the image or array. */
  record Run(long first, int count) {}

  /** The slots of all data blocks, from {@code at} on. */
  void leaves(FileChannel image, byte[] out, int at) throws IOException {
    long blocks = superblock.dataBlocks();
    try {
      LongStream.range(0, (blocks + RUN_BLOCKS - 1) / RUN_BLOCKS)
          .parallel()
          .mapToObj(i -> run(i * RUN_BLOCKS, blocks, RUN_BLOCKS))
          .forEach(run -> read(image, run, out, at));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Run run(long first, long end, int most) {
    return new Run(first, Math.toIntExact(Math.min(most, end - first)));
  }

  private void read(FileChannel image, Run run, byte[] out, int at) {
    byte[] chunk = new byte[Math.min(CHUNK_BLOCKS, run.count) * BLOCK];
    long end = run.first + run.count;
    try {
      for (long first = run.first; first < end; first += CHUNK_BLOCKS) {
        var part = run(first, end, CHUNK_BLOCKS);
        fill(image, first * BLOCK, ByteBuffer.wrap(chunk, 0, part.count * BLOCK));
        hash(chunk, new Run(0, part.count), out, Math.toIntExact(at + first * slot));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fill(FileChannel image, long offset, ByteBuffer chunk) throws IOException {
    while (chunk.hasRemaining()) {
      if (image.read(chunk, offset + chunk.position()) < 0) {
        throw new IOException("the image became shorter while it was read");
      }
    }
  }

  /** The slots of these blocks of the array, from {@code at} on. */
  void hash(byte[] blocks, Run run, byte[] out, int at) {
    MessageDigest digest = superblock.algorithm().newDigest();
    byte[] salt = superblock.salt().toArray();
    for (int i = 0; i < run.count; i++) {
      digest.update(salt);
      digest.update(blocks, Math.toIntExact((run.first + i) * BLOCK), BLOCK);
      byte[] hash = digest.digest();
      System.arraycopy(hash, 0, out, at + i * slot, hash.length);
    }
  }
}
