// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.UserspaceLog;
import dev.trustme.cel.CelHandle;
import java.util.ArrayList;
import java.util.List;

/** What the running system measured after its kernel had started, by systemd's log. */
final class UserspaceStage {
  private static final int MAX_ENTRIES = 500;

  private UserspaceStage() {}

  static BootStage of(JudgedBoot boot, UserspaceLog log) {
    var all = log.entries();
    List<BootStage.Entry> entries = new ArrayList<>();
    for (UserspaceLog.Entry each : all.subList(0, Math.min(MAX_ENTRIES, all.size()))) {
      entries.add(entry(boot, each));
    }
    return new BootStage(
        "Running system",
        "What systemd measured after the kernel had started.",
        entries,
        entries.isEmpty() ? "The log is empty: nothing was measured." : "",
        all.size() - entries.size());
  }

  private static BootStage.Entry entry(JudgedBoot boot, UserspaceLog.Entry entry) {
    var failure = boot.failure(entry.where());
    List<String> facts = new ArrayList<>();
    failure.ifPresent(f ->
        facts.addAll(List.of("Failed check", f.id(), "Expected", f.expected(), "Seen", f.seen())));
    facts.addAll(List.of("Event", entry.type()));
    entry.digest(boot.bank()).ifPresent(d -> facts.addAll(List.of("Digest", d.toString())));
    boolean borneOut =
        entry.event().handle() instanceof CelHandle.Pcr(int pcr) && boot.borneOut(pcr);
    return new BootStage.Entry(
        "userspace-" + entry.number(),
        String.valueOf(entry.number()),
        entry.event().handle().toString(),
        entry.text().isEmpty() ? entry.type() : entry.text(),
        failure.isPresent() ? Mark.DIFFERS : borneOut ? Mark.QUOTED : Mark.CLAIMED,
        facts,
        List.of());
  }
}
