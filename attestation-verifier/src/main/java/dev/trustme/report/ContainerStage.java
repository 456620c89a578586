// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cel.CelRecord;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.cel.ContainerLog;
import dev.trustme.release.ContainerEntry;
import dev.trustme.release.ReleaseManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The containers that were started, by the container log. */
final class ContainerStage {
  private static final int MAX_ENTRIES = 500;
  private static final String TITLE = "Containers";
  private static final String ABOUT =
      "What was started in isolation, and with which launch description.";

  private final JudgedBoot boot;
  private final Optional<ReleaseManifest> release;

  ContainerStage(JudgedBoot boot, Optional<ReleaseManifest> release) {
    this.boot = boot;
    this.release = release;
  }

  BootStage of(Optional<Bytes> log) {
    if (log.isEmpty()) {
      return empty("This evidence carries no container log: containers were not judged.");
    }
    try {
      return of(ContainerLog.parse(log.get()));
    } catch (FormatException e) {
      return empty("The container log cannot be read: " + e.getMessage());
    }
  }

  private static BootStage empty(String remark) {
    return new BootStage(TITLE, ABOUT, List.of(), remark, 0);
  }

  private BootStage of(ContainerLog log) throws FormatException {
    var records = log.records();
    if (records.isEmpty()) {
      return empty("The container log is empty: no container was started.");
    }
    int pcr = records.getFirst().pcr();
    boolean borneOut =
        boot.proven()
            && boot.quoted().contains(pcr)
            && boot.claimed(pcr).equals(Optional.of(log.replay(boot.bank())));
    List<BootStage.Entry> entries = new ArrayList<>();
    for (CelRecord record : records.subList(0, Math.min(MAX_ENTRIES, records.size()))) {
      entries.add(entry(record, record.event(), borneOut));
    }
    String remark =
        borneOut ? "" : "The quote does not bear this log out: it is what the device says.";
    return new BootStage(TITLE, ABOUT, entries, remark, records.size() - entries.size());
  }

  private BootStage.Entry entry(CelRecord record, ContainerEvent event, boolean borneOut) {
    var known = known(event);
    var failure = boot.failure(place(record.recnum()));
    List<String> facts = new ArrayList<>();
    failure.ifPresent(f ->
        facts.addAll(List.of("Failed check", f.id(), "Expected", f.expected(), "Seen", f.seen())));
    facts.addAll(List.of("Manifest", event.manifest().toString()));
    facts.addAll(List.of("Image", event.rootHash().toString()));
    facts.addAll(List.of("Launch", event.launch().toString()));
    facts.addAll(List.of("Content", event.content()));
    event.crl().ifPresent(crl -> facts.addAll(List.of("Revocation list", "number " + crl)));
    Mark mark = known.isPresent() ? Mark.RELEASED : Mark.QUOTED;
    return new BootStage.Entry(
        anchor(record.recnum()),
        String.valueOf(record.recnum()),
        "PCR " + record.pcr(),
        known
            .map(c -> "%s, version %d".formatted(c.name(), c.version()))
            .orElse("a container that is not of this release"),
        failure.isPresent() ? Mark.DIFFERS : borneOut ? mark : Mark.CLAIMED,
        facts,
        List.of());
  }

  private Optional<ContainerEntry> known(ContainerEvent event) {
    return release.stream()
        .flatMap(r -> r.containers().stream())
        .filter(c ->
            c.manifest().equals(event.manifest())
                && c.rootHash().equals(event.rootHash())
                && c.launch().equals(event.launch()))
        .findFirst();
  }

  /** How checks name a record. */
  private static String place(long number) {
    return "container log, record " + number;
  }

  private static String anchor(long number) {
    return "container-" + number;
  }
}
