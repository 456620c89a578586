// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import java.util.List;

/**
 * One stretch of the boot with what was measured in it.
 *
 * @param remark what a reader has to know of the whole stretch; may be empty
 * @param left how many entries are not shown
 */
record BootStage(String title, String about, List<Entry> entries, String remark, long left) {
  BootStage {
    entries = List.copyOf(entries);
  }

  /**
   * One entry of a log.
   *
   * @param anchor the entry's id in the page; empty where nothing points at it
   * @param facts names and values in turn
   * @param details lines beneath them
   */
  record Entry(
      String anchor,
      String number,
      String pcr,
      String what,
      Mark mark,
      List<String> facts,
      List<String> details) {
    Entry {
      facts = List.copyOf(facts);
      details = List.copyOf(details);
    }
  }

  boolean bad() {
    return entries.stream().anyMatch(e -> e.mark().bad());
  }

  boolean hasOnly(Mark... marks) {
    var allowed = List.of(marks);
    return !entries.isEmpty() && entries.stream().allMatch(e -> allowed.contains(e.mark()));
  }
}
