// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.ima.ImaReader;
import dev.trustme.release.ShippedFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Entries that were found to be good by themselves, by what they extend: devices of one release
 * measure the same files, so most of a log need not be read again. An entry that is not known is
 * judged; what is known changes no answer. For any number of threads.
 */
final class KnownEntries {
  private static final int MAX_ENTRIES = 1 << 17;
  private static final int MAX_RELEASES = 8;

  private final List<OfRelease> releases = new CopyOnWriteArrayList<>();

  /**
   * What was measured, under which template; the data's hash does not cover the template's name.
   */
  private record Key(Bytes measured, String template) {}

  private record Entry(Bytes templateHash, FileJudgement.Good judgement) {}

  /** The entries under the policy, and one release's list of files. */
  static final class OfRelease {
    private final Optional<ShippedFiles> files;
    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

    private OfRelease(Optional<ShippedFiles> files) {
      this.files = files;
    }

    /** Why the reader's entry is good, if it is known to be. */
    FileJudgement.@Nullable Good find(ImaReader reader, Bytes measured) {
      var entry = entries.get(new Key(measured, reader.template().name()));
      return entry != null && reader.templateHashIs(entry.templateHash())
          ? entry.judgement()
          : null;
    }

    void add(ImaReader reader, Bytes measured, FileJudgement.Good judgement) {
      if (entries.size() < MAX_ENTRIES) {
        entries.put(
            new Key(measured, reader.template().name()),
            new Entry(reader.templateHash().value(), judgement));
      }
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
