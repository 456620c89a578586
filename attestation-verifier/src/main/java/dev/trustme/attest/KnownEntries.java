// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.ima.ImaReader;
import dev.trustme.release.ShippedFiles;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entries that were found to be good by themselves, byte for byte, and what they extend: devices of
 * one release measure the same files, so most of a log need not be hashed and read again. An entry
 * that is not known is judged; what is known changes no answer. Of one policy, and so of one bank.
 * For any number of threads, and bounded: where it is full, it begins anew.
 */
final class KnownEntries {
  private static final int MAX_RELEASES = 8;

  private final List<OfRelease> releases = new CopyOnWriteArrayList<>();

  /**
   * An entry of a log, as it is there.
   *
   * @param measured what its bytes extend
   */
  record Entry(Bytes raw, Bytes measured, FileJudgement.Good judgement) {}

  /** The entries under the policy, and one release's list of files. */
  static final class OfRelease {
    /** Longer ones are rare, so it is not worth the memory. */
    private static final int MAX_ENTRY_BYTES = 1024;

    private final Optional<ShippedFiles> files;
    private final Map<FileJudgement.Good, FileJudgement.Good> reasons = new ConcurrentHashMap<>();
    private volatile Table table = new Table();

    private OfRelease(Optional<ShippedFiles> files) {
      this.files = files;
    }

    /** The reader's current entry, if it is known to be good. */
    @Nullable Entry find(ImaReader reader) {
      return table.find(reader);
    }

    /** The reader's current entry is good, whatever stands before it, and extends that. */
    void add(ImaReader reader, Bytes measured, FileJudgement.Good judgement) {
      if (reader.rawSize() <= MAX_ENTRY_BYTES
          && !table.add(reader.shortHash(), new Entry(reader.raw(), measured, one(judgement)))) {
        table = new Table();
      }
    }

    /** Reasons are as few as the policy's signers. */
    private FileJudgement.Good one(FileJudgement.Good judgement) {
      return reasons.computeIfAbsent(judgement, Function.identity());
    }
  }

  /** Some entries for each of many short hashes; of more that share one, the newest. */
  private static final class Table {
    private static final int SLOTS = 1 << 15;
    private static final int MAX_SHARING = 8;
    private static final long MAX_BYTES = 32L << 20;

    private final AtomicReferenceArray<Entry @Nullable []> slots =
        new AtomicReferenceArray<>(SLOTS);
    private final AtomicLong bytes = new AtomicLong();

    @Nullable Entry find(ImaReader reader) {
      var sharing = slots.get(reader.shortHash() & (SLOTS - 1));
      if (sharing != null) {
        for (Entry entry : sharing) {
          if (reader.rawIs(entry.raw())) {
            return entry;
          }
        }
      }
      return null;
    }

    /** False where it is full. */
    boolean add(int shortHash, Entry entry) {
      var unused =
          slots.accumulateAndGet(shortHash & (SLOTS - 1), new Entry[] {entry}, Table::withNewest);
      return bytes.addAndGet(entry.raw().size()) < MAX_BYTES;
    }

    private static Entry[] withNewest(Entry @Nullable [] kept, Entry[] added) {
      int more = kept == null ? 0 : Math.min(kept.length, MAX_SHARING - 1);
      var all = Arrays.copyOf(added, 1 + more);
      if (kept != null) {
        System.arraycopy(kept, 0, all, 1, more);
      }
      return all;
    }
  }

  OfRelease of(Optional<ShippedFiles> files) {
    for (OfRelease each : releases) {
      if (each.files.equals(files)) {
        return each;
      }
    }
    var added = new OfRelease(files);
    if (releases.size() == MAX_RELEASES) {
      releases.clear();
    }
    releases.add(added);
    return added;
  }
}
