// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import dev.trustme.uefi.SignatureData;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What no release predicts: the platform's own measurements against the enrolment record, drivers
 * from outside of it, and the floors of dbx and SbatLevel.
 */
final class PlatformAppraisal {
  private static final int DRIVERS_PCR = 2;
  private static final Set<TcgEventType> DRIVERS =
      EnumSet.of(
          TcgEventType.EV_EFI_BOOT_SERVICES_DRIVER, TcgEventType.EV_EFI_RUNTIME_SERVICES_DRIVER);

  private final ReplayedLog log;
  private final TpmsPcrSelection selection;
  private final Policy.Require require;
  private final SecureBootAppraisal secureBoot;

  PlatformAppraisal(ReplayedLog log, TpmsPcrSelection selection, Policy.Require require) {
    this.log = log;
    this.selection = selection;
    this.require = require;
    this.secureBoot = new SecureBootAppraisal(log, selection.hash(), require.secureBoot());
  }

  List<Check> checks(Optional<EnrolmentRecord> record) {
    return List.of(dbx(), sbat(), optionRoms(), firmware(record));
  }

  private Check dbx() {
    var check = EvidenceCheck.DBX_FLOOR;
    var floor = require.floors().flatMap(FloorRule::dbx);
    if (floor.isEmpty()) {
      return Check.notApplicable(check.id(), "the policy has no floor of dbx");
    }
    var entries = secureBoot.database("dbx");
    var digests = new HashSet<>(entries.stream().map(SignatureData::signatureData).toList());
    var missing =
        floor.get().digests().stream().filter(d -> !digests.contains(d.value())).findFirst();
    return missing
        .map(d -> check.fail("a dbx that holds " + d, entries.size() + " entries without it"))
        .orElseGet(() ->
            check.of(
                entries.size() >= floor.get().entries(),
                floor.get().entries() + " entries or more",
                entries.size() + " entries"));
  }

  private Check sbat() {
    var check = EvidenceCheck.SBAT_FLOOR;
    var floor = require.floors().flatMap(FloorRule::sbat);
    if (floor.isEmpty()) {
      return Check.notApplicable(check.id(), "the policy has no floor of SbatLevel");
    }
    var level = secureBoot.sbatLevel();
    Map<String, Integer> generations = generations(level.orElse(""));
    for (var entry : floor.get().entrySet()) {
      int generation = generations.getOrDefault(entry.getKey(), 0);
      if (generation < entry.getValue()) {
        return check.fail(
            "%s of generation %d or more".formatted(entry.getKey(), entry.getValue()),
            level.isEmpty() ? "no SbatLevel in the log" : "generation " + generation);
      }
    }
    return check.pass(floor.get().size() + " components");
  }

  /** Lines of component and generation; shim ignores what is no number. shim, SBAT.md. */
  private static Map<String, Integer> generations(String level) {
    Map<String, Integer> generations = new HashMap<>();
    for (String line : level.split("\n", -1)) {
      var fields = line.split(",", -1);
      if (fields.length >= 2 && fields[1].matches("[0-9]{1,9}")) {
        generations.merge(fields[0], Integer.valueOf(fields[1]), Math::max);
      }
    }
    return generations;
  }

  private Check optionRoms() {
    var check = EvidenceCheck.OPTION_ROMS;
    if (require.optionRoms().isEmpty()) {
      return Check.notApplicable(check.id(), "the policy takes drivers of cards");
    }
    if (!selection.pcrs().contains(DRIVERS_PCR)) {
      return check.fail("PCR 2 in the quote", "it is not quoted");
    }
    return log.measuredEvents(DRIVERS_PCR).stream()
        .filter(e -> e.untrustedType() instanceof TcgEventType type && DRIVERS.contains(type))
        .findFirst()
        .map(e -> check.fail("no driver", LogEvents.describe(e)).at(LogEvents.where(e)))
        .orElseGet(() -> check.pass("no driver in PCR 2"));
  }

  private Check firmware(Optional<EnrolmentRecord> record) {
    var check = EvidenceCheck.FIRMWARE_EVENTS;
    if (require.firmware().isEmpty()) {
      return Check.notApplicable(check.id(), "the policy takes any firmware");
    }
    var enrolled = record.flatMap(EnrolmentRecord::firmware);
    String bank = selection.hash().label();
    if (enrolled.isEmpty() || !enrolled.get().banks().contains(bank)) {
      return check.fail("an enrolment record with the firmware's events in " + bank, "none");
    }
    if (!selection.pcrs().containsAll(FirmwareEvents.PCRS)) {
      return check.fail("PCRs %s in the quote".formatted(FirmwareEvents.PCRS), "not all of them");
    }
    if (enrolled.get().startupLocality() != log.startupLocality()) {
      return check
          .fail(
              "startup locality " + enrolled.get().startupLocality(),
              "locality " + log.startupLocality())
          .at("PCR 0");
    }
    return compared(check, enrolled.get());
  }

  /** The first event of each PCR that differs; the first of them is where it is. */
  private Check compared(EvidenceCheck check, FirmwareEvents enrolled) {
    List<String> expected = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    String where = "";
    int events = 0;
    for (int pcr : FirmwareEvents.PCRS.stream().sorted().toList()) {
      var before = enrolled.events().stream().filter(e -> e.pcr() == pcr).toList();
      var now = log.measuredEvents(pcr);
      events += now.size();
      int common = common(before, now);
      if (common < Math.max(before.size(), now.size())) {
        expected.add(common < before.size() ? words(before.get(common)) : "no further event");
        seen.add(common < now.size() ? words(now.get(common)) : "the log ends before it");
        String place =
            common < now.size()
                ? LogEvents.where(now.get(common))
                : "PCR %d, its end".formatted(pcr);
        where = where.isEmpty() ? place : where;
      }
    }
    return expected.isEmpty()
        ? check.pass(events + " events")
        : check.fail(String.join("; ", expected), String.join("; ", seen)).at(where);
  }

  private int common(List<FirmwareEvents.Event> before, List<TcgPcrEvent2> now) {
    int common = 0;
    while (common < Math.min(before.size(), now.size())
        && Optional.of(digest(before.get(common)))
            .equals(now.get(common).digest(selection.hash()))) {
      common++;
    }
    return common;
  }

  private Digest digest(FirmwareEvents.Event event) {
    return event.digests().stream()
        .filter(d -> d.algorithm() == selection.hash())
        .findFirst()
        .orElseThrow();
  }

  private String words(FirmwareEvents.Event event) {
    return "PCR %d %s  %s".formatted(event.pcr(), digest(event), event.untrustedType());
  }

  private String words(TcgPcrEvent2 event) {
    return "%s  %s"
        .formatted(
            event.digest(selection.hash()).map(Digest::toString).orElse("no digest"),
            LogEvents.describe(event));
  }
}
