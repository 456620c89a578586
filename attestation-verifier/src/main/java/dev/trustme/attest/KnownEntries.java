// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.release.ShippedFiles;
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
   * An entry of a log. Thousands are looked at for each device, wherever they lie in memory, so one
   * is few objects.
   *
   * @param bytes the entry as the log has it, and behind it what it extends
   * @param older another entry of the same short hash
   */
  record Entry(Bytes bytes, int rawSize, FileJudgement.Good judgement, @Nullable Entry older) {
    Entry(ImaReader raw, Bytes measured, FileJudgement.Good judgement) {
      this(Bytes.concat(raw.raw(), measured), raw.rawSize(), judgement, null);
    }

    /** Extends what the entry extends. */
    void extend(ImaReplay replay) {
      replay.extendMeasured(bytes, rawSize);
    }

    /** With as many others behind it as may share a short hash. */
    Entry before(@Nullable Entry others, int most) {
      return new Entry(
          bytes,
          rawSize,
          judgement,
          others == null || most == 0 ? null : others.before(others.older, most - 1));
    }
  }

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
          && !table.add(reader.shortHash(), new Entry(reader, measured, one(judgement)))) {
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

    private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicLong bytes = new AtomicLong();

    @Nullable Entry find(ImaReader reader) {
      var entry = slots.get(reader.shortHash() & (SLOTS - 1));
      while (entry != null && !reader.rawStarts(entry.bytes(), entry.rawSize())) {
        entry = entry.older();
      }
      return entry;
    }

    /** False where it is full. */
    boolean add(int shortHash, Entry entry) {
      var unused =
          slots.accumulateAndGet(
              shortHash & (SLOTS - 1), entry, (kept, added) -> added.before(kept, MAX_SHARING - 1));
      return bytes.addAndGet(entry.rawSize()) < MAX_BYTES;
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
