// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * What a replayed event log says of one boot. Digests bind the log to the PCR values; types and
 * data are believed only where the digest follows from them. TCG PC Client Platform Firmware
 * Profile 1.06, chapters 3 (PCR usage) and 10 (events).
 */
final class LogAppraisal {
  private static final int LAST_FIRMWARE_PCR = 7;
  private static final int HANDOVER_PCR = 5;
  private static final String EXIT_BOOT_SERVICES = "Exit Boot Services Invocation";
  private static final String EXITED_BOOT_SERVICES = "Exit Boot Services Returned with Success";

  private final ReplayedLog log;
  private final HashAlgorithm bank;
  private final List<Integer> quoted;
  private final Policy.SecureBootRule secureBoot;

  LogAppraisal(ReplayedLog log, TpmsPcrSelection selection, Policy.SecureBootRule secureBoot) {
    this.log = log;
    this.secureBoot = secureBoot;
    this.bank = selection.hash();
    this.quoted = selection.pcrs();
  }

  /** The checks that need no release, against the claimed PCR values. */
  List<Check> checks(SortedMap<Integer, Digest> claimed) {
    List<Check> checks = new ArrayList<>();
    checks.add(
        EvidenceCheck.LOG_BANK.of(
            log.banks().contains(bank),
            bank.label(),
            String.join(", ", log.banks().stream().map(HashAlgorithm::label).toList())));
    checks.add(unlogged(claimed));
    checks.add(replay(claimed));
    var events = quoted.stream().flatMap(pcr -> log.measuredEvents(pcr).stream()).toList();
    var contents = new LogContents(log, bank, events);
    checks.addAll(contents.before());
    checks.add(digests(events));
    checks.add(contents.otherBanks());
    checks.add(separators());
    var boot = new BootSequence(log, bank);
    checks.add(boot.order());
    checks.add(exitBootServices());
    checks.addAll(new SecureBootAppraisal(log, bank, secureBoot).checks());
    checks.addAll(boot.kernel());
    return checks;
  }

  /** A PCR that the log never mentions has to hold its start value. */
  private Check unlogged(SortedMap<Integer, Digest> claimed) {
    if (!log.banks().contains(bank)) {
      return EvidenceCheck.LOG_UNLOGGED.fail("a log with bank " + bank.label(), "none");
    }
    for (int pcr : quoted) {
      var value = claimed.get(pcr);
      if (value != null && !log.measuredPcrs().contains(pcr) && !log.pcr(bank, pcr).equals(value)) {
        return EvidenceCheck.LOG_UNLOGGED
            .fail("the start value, as the log has no event", value.toString())
            .at("PCR " + pcr);
      }
    }
    return EvidenceCheck.LOG_UNLOGGED.pass(quoted.size() + " PCRs");
  }

  private Check replay(SortedMap<Integer, Digest> claimed) {
    if (!log.banks().contains(bank)) {
      return EvidenceCheck.LOG_REPLAY.fail("a log with bank " + bank.label(), "none");
    }
    List<Integer> differing =
        quoted.stream().filter(pcr -> !log.pcr(bank, pcr).equals(claimed.get(pcr))).toList();
    if (differing.isEmpty()) {
      return EvidenceCheck.LOG_REPLAY.pass(quoted.size() + " PCRs");
    }
    return new ReplayFindings(log, bank).of(differing, claimed);
  }

  private Check digests(List<TcgPcrEvent2> events) {
    var wrong =
        events.stream()
            .filter(
                e -> e.digestCheck(bank).map(DigestCheck.Mismatch.class::isInstance).orElse(true))
            .findFirst();
    return wrong
        .map(event ->
            EvidenceCheck.LOG_DIGESTS
                .fail("a digest of the event's data", digest(event))
                .at(LogEvents.where(event)))
        .orElseGet(() -> EvidenceCheck.LOG_DIGESTS.pass(events.size() + " events"));
  }

  private String digest(TcgPcrEvent2 event) {
    return event.digest(bank).map(Digest::toString).orElse("no " + bank.label() + " digest");
  }

  private Check separators() {
    for (int pcr : quoted) {
      if (pcr > LAST_FIRMWARE_PCR) {
        continue;
      }
      var separators =
          log.measuredEvents(pcr).stream()
              .filter(e -> e.untrustedType() == TcgEventType.EV_SEPARATOR)
              .toList();
      boolean good =
          separators.size() == 1
              && verified(separators.getFirst())
              && separators.getFirst().untrustedData() instanceof EventData.Separator(long value)
              && value == 0;
      if (!good) {
        return EvidenceCheck.LOG_SEPARATORS
            .fail("one EV_SEPARATOR of zeros", separators.size() + " separators")
            .at("PCR " + pcr);
      }
    }
    return EvidenceCheck.LOG_SEPARATORS.pass("one each");
  }

  private Check exitBootServices() {
    if (!quoted.contains(HANDOVER_PCR)) {
      return Check.notApplicable(
          EvidenceCheck.LOG_EXIT_BOOT_SERVICES.id(), "the policy does not quote PCR 5");
    }
    var events =
        log.measuredEvents(HANDOVER_PCR).stream()
            .filter(this::verified)
            .filter(e ->
                LogEvents.action(e).filter(a -> a.startsWith("Exit Boot Services")).isPresent())
            .toList();
    var actions = events.stream().flatMap(e -> LogEvents.action(e).stream()).toList();
    return EvidenceCheck.LOG_EXIT_BOOT_SERVICES
        .of(
            actions.equals(List.of(EXIT_BOOT_SERVICES, EXITED_BOOT_SERVICES)),
            "%s; %s".formatted(EXIT_BOOT_SERVICES, EXITED_BOOT_SERVICES),
            actions.isEmpty() ? "neither" : String.join("; ", actions))
        .at(events.isEmpty() ? "PCR " + HANDOVER_PCR : LogEvents.where(events.getLast()));
  }

  static boolean leavesBootServices(TcgPcrEvent2 event) {
    return event.extendsPcr()
        && event.pcrIndex() == HANDOVER_PCR
        && LogEvents.action(event).map(EXIT_BOOT_SERVICES::equals).orElse(false);
  }

  private boolean verified(TcgPcrEvent2 event) {
    return event.digestCheck(bank).map(DigestCheck.Verified.class::isInstance).orElse(false);
  }
}
