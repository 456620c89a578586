// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.issue.SigningLog.Entry;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Holds a signing log's lines against each other as they pass, and names what was done to it: a
 * line was edited, is missing, stands elsewhere or twice. Keeps two digests and the gaps.
 */
public final class LogChain {
  private static final int MAX_FINDINGS = 100;
  private static final int MAX_GAPS = 10_000;

  private final String file;
  private final List<Check> findings = new ArrayList<>();
  private final TreeMap<Long, Long> gaps = new TreeMap<>();
  private Head head = Head.EMPTY;
  private long last;
  private long highest;
  private long more;

  public LogChain(String file) {
    this.file = file;
  }

  /** Takes the next line. */
  public void add(Bytes line, Entry entry) {
    long sequence = entry.sequence();
    if (sequence > highest) {
      if (sequence > highest + 1) {
        skipped(entry);
      }
      highest = sequence;
    } else if (!fillGap(sequence)) {
      find("log-duplicated", "entry " + (highest + 1), "entry %d again".formatted(sequence));
    } else {
      find(
          "log-reordered", "entry " + (last + 1), "entry %d, out of its order".formatted(sequence));
    }
    if (sequence == last + 1 && !entry.previous().equals(head.digest())) {
      edited(entry);
    }
    last = sequence;
    head = new Head(HashAlgorithm.SHA256.digest(line), head.entries() + 1);
  }

  /** Where the digests fit, nothing was taken out: the numbers themselves are wrong. */
  private void skipped(Entry entry) {
    if (entry.previous().equals(head.digest())) {
      find("log-sequence", "entry " + (highest + 1), "entry " + entry.sequence());
    } else if (gaps.size() < MAX_GAPS) {
      gaps.put(highest + 1, entry.sequence() - 1);
    } else {
      more++;
    }
  }

  /** Takes the number out of the gaps; false where it is in none. */
  private boolean fillGap(long sequence) {
    var gap = gaps.floorEntry(sequence);
    if (gap == null || gap.getValue() < sequence) {
      return false;
    }
    gaps.remove(gap.getKey());
    if (gap.getKey() < sequence) {
      gaps.put(gap.getKey(), sequence - 1);
    }
    if (sequence < gap.getValue()) {
      gaps.put(sequence + 1, gap.getValue());
    }
    return true;
  }

  private void edited(Entry entry) {
    if (last == 0) {
      find("log-start", "the first entry to carry " + head.digest(), entry.previous().toString());
      return;
    }
    finding(
        Check.fail(
                "log-edited",
                "the line that its successor carries, " + entry.previous(),
                "another line, " + head.digest())
            .at("%s, line %d".formatted(file, head.entries())));
  }

  private void find(String id, String expected, String seen) {
    finding(Check.fail(id, expected, seen).at("%s, line %d".formatted(file, head.entries() + 1)));
  }

  private void finding(Check finding) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(finding);
    } else {
      more++;
    }
  }

  /** The lines that passed: how many, and the digest of the last. */
  public Head head() {
    return head;
  }

  /** What is wrong with the lines that passed; one passed check where nothing is. */
  public List<Check> checks() {
    List<Check> checks = new ArrayList<>(findings);
    gaps.forEach((from, to) -> checks.add(missing(from, to)));
    if (more > 0) {
      checks.add(Check.fail("log-more", "an intact log", more + " more findings"));
    }
    if (checks.isEmpty()) {
      checks.add(Check.pass("log-chain", head.entries() + " entries"));
    }
    return checks;
  }

  private Check missing(long from, long to) {
    String what = from == to ? "entry " + from : "entries %d to %d".formatted(from, to);
    return Check.fail("log-missing", what, "none: taken out").at(file);
  }
}
