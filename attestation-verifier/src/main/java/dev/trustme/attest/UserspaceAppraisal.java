// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelCheck;
import dev.trustme.cel.CelContent;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The running system's measurements on top of the firmware's: both logs together lead to the quoted
 * PCRs, and every record is systemd's, of this boot, and says what was measured. A policy without
 * {@code require.userspace} reads no such log.
 */
final class UserspaceAppraisal {
  private static final String VOLUME_KEY = "volume-key";

  private final Optional<UserspaceRule> rule;
  private final Optional<UserspaceLog> userspace;
  private final ReplayedLog log;
  private final HashAlgorithm bank;
  private final List<Integer> quoted;

  private UserspaceAppraisal(
      Policy.Require require, Optional<UserspaceLog> userspace, ReplayedLog log) {
    this.rule = require.userspace();
    this.userspace = userspace;
    this.log = log;
    this.bank = require.pcrs().bank();
    this.quoted = require.pcrs().quoted();
  }

  static UserspaceAppraisal of(Policy.Require require, Optional<Bytes> shown, ReplayedLog log)
      throws FormatException {
    Optional<UserspaceLog> parsed =
        require.userspace().isPresent() && shown.isPresent()
            ? Optional.of(UserspaceLog.parse(shown.get()))
            : Optional.empty();
    return new UserspaceAppraisal(require, parsed, log);
  }

  /** What the running system measured into a PCR that it may measure into. */
  List<UserspaceLog.Entry> entries(int pcr) {
    return userspace.isPresent() && rule.filter(r -> r.pcrs().contains(pcr)).isPresent()
        ? userspace.get().entries(pcr)
        : List.of();
  }

  /**
   * The claimed values as the firmware's log alone has to lead to: of PCRs that the running system
   * measured into, its own value, as {@link #checks} holds both logs against the claimed one.
   */
  SortedMap<Integer, Digest> firmware(SortedMap<Integer, Digest> claimed) {
    if (!log.banks().contains(bank)) {
      return claimed;
    }
    SortedMap<Integer, Digest> values = new TreeMap<>(claimed);
    values.replaceAll((pcr, value) -> entries(pcr).isEmpty() ? value : log.pcr(bank, pcr));
    return values;
  }

  List<Check> checks(SortedMap<Integer, Digest> claimed) {
    if (rule.isEmpty()) {
      String why = "the policy names no PCR that the running system measures into";
      return List.of(
          Check.notApplicable(EvidenceCheck.USERSPACE_LOG.id(), why),
          Check.notApplicable(EvidenceCheck.USERSPACE_RECORDS.id(), why));
    }
    if (userspace.isEmpty()) {
      return List.of(
          EvidenceCheck.USERSPACE_LOG.fail("a userspace log", "none"),
          EvidenceCheck.USERSPACE_RECORDS.fail("records", "no userspace log"));
    }
    return List.of(replay(claimed), records(userspace.get().entries()));
  }

  private Check replay(SortedMap<Integer, Digest> claimed) {
    var check = EvidenceCheck.USERSPACE_LOG;
    if (!log.banks().contains(bank)) {
      return check.fail("an event log with bank " + bank.label(), "none");
    }
    int records = 0;
    for (int pcr : rule.orElseThrow().pcrs()) {
      var entries = entries(pcr);
      var value = Optional.ofNullable(claimed.get(pcr));
      if (!entries.isEmpty()
          && (value.isEmpty() || !UserspaceLog.extend(log.pcr(bank, pcr), entries).equals(value))) {
        return check
            .fail(
                value.map(Digest::toString).orElse("a quoted value"),
                differing(pcr, entries, value))
            .at("PCR " + pcr);
      }
      records += entries.size();
    }
    return check.pass(records + " records");
  }

  private String differing(int pcr, List<UserspaceLog.Entry> entries, Optional<Digest> value) {
    var firmware = log.pcr(bank, pcr);
    String led =
        UserspaceLog.extend(firmware, entries)
            .map(Digest::toString)
            .orElse("a record without a digest of " + bank.label());
    for (int i = 0; i < entries.size(); i++) {
      if (UserspaceLog.extend(firmware, entries.subList(0, i)).equals(value)) {
        return "%s; the quoted value is that before record %d"
            .formatted(led, entries.get(i).number());
      }
      List<UserspaceLog.Entry> others = new ArrayList<>(entries);
      var left = others.remove(i);
      if (UserspaceLog.extend(firmware, others).equals(value)) {
        return "%s; the quoted value is right without record %d".formatted(led, left.number());
      }
    }
    return led;
  }

  private Check records(List<UserspaceLog.Entry> entries) {
    var check = EvidenceCheck.USERSPACE_RECORDS;
    Optional<String> boot = Optional.empty();
    for (UserspaceLog.Entry entry : entries) {
      if (quoted.stream().noneMatch(entry::of)) {
        continue;
      }
      if (rule.orElseThrow().pcrs().stream().noneMatch(entry::of)) {
        return check
            .fail("PCRs among " + rule.orElseThrow().pcrs(), String.valueOf(entry.event().handle()))
            .at(entry.where());
      }
      var problem = problem(entry);
      if (problem.isPresent()) {
        return problem.get();
      }
      var named = entry.systemd().flatMap(CelContent.Systemd::bootId);
      if (boot.isPresent() && !boot.equals(named)) {
        return check
            .fail(
                "a record of boot " + LogEvents.printable(boot.get()),
                "boot " + LogEvents.printable(named.orElse("unknown")))
            .at(entry.where());
      }
      boot = named;
    }
    return check.pass(entries.size() + " records");
  }

  private Optional<Check> problem(UserspaceLog.Entry entry) {
    var check = EvidenceCheck.USERSPACE_RECORDS;
    if (entry.systemd().isEmpty()) {
      return Optional.of(
          check
              .fail("a record of systemd's", LogEvents.printable(entry.event().content().type()))
              .at(entry.where()));
    }
    boolean keyed = entry.type().equals("systemd-" + VOLUME_KEY);
    boolean holds =
        entry
            .event()
            .check(bank)
            .map(c -> c == CelCheck.VERIFIED || (keyed && c == CelCheck.UNVERIFIABLE))
            .orElse(false);
    return holds
        ? Optional.empty()
        : Optional.of(
            check
                .fail(
                    "the digest of '%s'".formatted(LogEvents.printable(entry.text())),
                    entry.digest(bank).map(Digest::toString).orElse("no " + bank.label()))
                .at(entry.where()));
  }
}
