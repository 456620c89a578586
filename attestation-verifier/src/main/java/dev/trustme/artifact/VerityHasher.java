// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hashes runs of dm-verity blocks into slots, several runs at once. Plain threads and loops: where
 * an image takes a second, a tenth of it went into starting streams.
 *
 * @param slot bytes from one hash to the next
 */
record VerityHasher(VeritySuperblock superblock, int slot) {
  private static final int BLOCK = VeritySuperblock.BLOCK;

  /** Blocks read at a time: so many stay in a core's own cache until they are hashed. */
  private static final int CHUNK_BLOCKS = 64;

  /** Blocks that one core hashes before it takes the next run. */
  private static final int RUN_BLOCKS = 1024;

  VerityHasher(VeritySuperblock superblock) {
    this(superblock, BLOCK / Integer.highestOneBit(BLOCK / superblock.algorithm().size()));
  }

  /** Consecutive blocks, counted from the first of the image or array. */
  record Run(long first, int count) {}

  /** The slots of all data blocks, from {@code at} on. */
  void leaves(FileChannel image, byte[] out, int at) throws IOException {
    var next = new AtomicLong();
    long runs = (superblock.dataBlocks() + RUN_BLOCKS - 1) / RUN_BLOCKS;
    long helpers = Math.min(runs, Runtime.getRuntime().availableProcessors()) - 1;
    List<FutureTask<Boolean>> helping = new ArrayList<>();
    for (int i = 0; i < helpers; i++) {
      var task = new FutureTask<>(new Worker(image, next, out, at));
      helping.add(task);
      Thread.ofPlatform().daemon().name("verity").start(task);
    }
    try {
      new Worker(image, next, out, at).call();
    } finally {
      next.set(superblock.dataBlocks());
    }
    for (var task : helping) {
      join(task);
    }
  }

  private static void join(FutureTask<Boolean> task) throws IOException {
    try {
      task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while an image was hashed");
    }
  }

  /** Takes runs of the image until none is left. */
  private final class Worker implements Callable<Boolean> {
    private final FileChannel image;
    private final AtomicLong next;
    private final byte[] out;
    private final int at;
    private final Blocks blocks = new Blocks();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BLOCKS * BLOCK);

    Worker(FileChannel image, AtomicLong next, byte[] out, int at) {
      this.image = image;
      this.next = next;
      this.out = out;
      this.at = at;
    }

    @Override
    public Boolean call() throws IOException {
      long end = superblock.dataBlocks();
      for (long run = take(); run < end; run = take()) {
        long runEnd = Math.min(end, run + RUN_BLOCKS);
        for (long first = run; first < runEnd; first += CHUNK_BLOCKS) {
          read(first, Math.toIntExact(Math.min(CHUNK_BLOCKS, runEnd - first)));
        }
      }
      return true;
    }

    private long take() {
      return next.getAndAdd(RUN_BLOCKS);
    }

    private void read(long first, int count) throws IOException {
      chunk.clear().limit(count * BLOCK);
      while (chunk.hasRemaining()) {
        if (image.read(chunk, first * BLOCK + chunk.position()) < 0) {
          throw new IOException("the image became shorter while it was read");
        }
      }
      chunk.flip();
      for (int i = 0; i < count; i++) {
        chunk.get(blocks.block);
        blocks.hash(out, Math.toIntExact(at + (first + i) * slot));
      }
    }
  }

  /** Hashes one block after the other. */
  private final class Blocks {
    private final MessageDigest digest = superblock.algorithm().newDigest();
    private final byte[] salt = superblock.salt().toArray();
    private final byte[] block = new byte[BLOCK];

    /** The slot of {@link #block}. */
    void hash(byte[] out, int at) {
      digest.update(salt);
      digest.update(block);
      try {
        digest.digest(out, at, superblock.algorithm().size());
      } catch (DigestException e) {
        throw new IllegalStateException("a slot holds a hash", e);
      }
    }
  }

  /** The slots of these blocks of the array, from {@code at} on. */
  void hash(byte[] content, Run run, byte[] out, int at) {
    var blocks = new Blocks();
    for (int i = 0; i < run.count; i++) {
      int from = Math.toIntExact((run.first + i) * BLOCK);
      System.arraycopy(content, from, blocks.block, 0, BLOCK);
      blocks.hash(out, at + i * slot);
    }
  }
}
