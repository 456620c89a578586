// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static dev.trustme.eventlog.TcgEventType.*;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.eventlog.VariableContent;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whether a log's entries are such as firmware and boot loaders write. No digest covers a type: an
 * event with another type, or of none that is known, hides what was measured from whoever looks for
 * it by type. TCG PC Client Platform Firmware Profile 1.06, 3.3 (PCR usage) and 10.4 (events).
 */
final class LogContents {
  /** Types whose data has a structure that decides something. */
  private static final Set<TcgEventType> STRUCTURED =
      EnumSet.of(
          EV_SEPARATOR,
          EV_EFI_ACTION,
          EV_EVENT_TAG,
          EV_EFI_GPT_EVENT,
          EV_EFI_GPT_EVENT2,
          EV_EFI_HANDOFF_TABLES,
          EV_EFI_HANDOFF_TABLES2,
          EV_EFI_VARIABLE_DRIVER_CONFIG,
          EV_EFI_VARIABLE_BOOT,
          EV_EFI_VARIABLE_BOOT2,
          EV_EFI_VARIABLE_AUTHORITY,
          EV_EFI_BOOT_SERVICES_APPLICATION,
          EV_EFI_BOOT_SERVICES_DRIVER,
          EV_EFI_RUNTIME_SERVICES_DRIVER);

  /** Types that no PCR holds: reserved, or saying nothing. */
  private static final Set<TcgEventType> NOWHERE =
      EnumSet.of(EV_PREBOOT_CERT, EV_UNUSED, EV_EFI_EVENT_BASE);

  /** The PCRs that a judgement reads by type, and all that they may hold. */
  private static final Map<Integer, Set<TcgEventType>> ALLOWED =
      Map.of(
          4,
          EnumSet.of(
              EV_SEPARATOR,
              EV_EFI_ACTION,
              EV_COMPACT_HASH,
              EV_OMIT_BOOT_DEVICE_EVENTS,
              EV_EFI_BOOT_SERVICES_DRIVER,
              EV_EFI_BOOT_SERVICES_APPLICATION),
          5,
          EnumSet.of(
              EV_SEPARATOR,
              EV_EFI_ACTION,
              EV_EVENT_TAG,
              EV_EFI_GPT_EVENT,
              EV_EFI_GPT_EVENT2,
              EV_EFI_VARIABLE_DRIVER_CONFIG),
          7,
          EnumSet.of(
              EV_SEPARATOR,
              EV_EFI_ACTION,
              EV_EFI_VARIABLE_DRIVER_CONFIG,
              EV_EFI_VARIABLE_AUTHORITY,
              EV_EFI_SPDM_DEVICE_POLICY,
              EV_EFI_SPDM_DEVICE_AUTHORITY));

  private final ReplayedLog log;
  private final HashAlgorithm bank;
  private final List<TcgPcrEvent2> quoted;

  LogContents(ReplayedLog log, HashAlgorithm bank, List<TcgPcrEvent2> quoted) {
    this.log = log;
    this.bank = bank;
    this.quoted = quoted;
  }

  /** What has to hold before any data is read. */
  List<Check> before() {
    List<Check> checks = new ArrayList<>();
    checks.add(noAction());
    checks.add(types());
    checks.add(data());
    return checks;
  }

  private static Check first(
      EvidenceCheck check,
      List<TcgPcrEvent2> events,
      Predicate<TcgPcrEvent2> bad,
      String expected) {
    return events.stream()
        .filter(bad)
        .findFirst()
        .map(e -> check.fail(expected, LogEvents.describe(e)).at(LogEvents.where(e)))
        .orElseGet(() -> check.pass(events.size() + " events"));
  }

  private Check noAction() {
    return first(
        EvidenceCheck.LOG_NO_ACTION,
        log.log().events(),
        e ->
            !e.extendsPcr()
                && (e.pcrIndex() != 0
                    || e.digests().stream().anyMatch(d -> !d.value().isAllZero())),
        "an EV_NO_ACTION event of PCR 0 with digests of zeros");
  }

  private Check types() {
    return first(
        EvidenceCheck.LOG_TYPES,
        quoted,
        e ->
            !(e.untrustedType() instanceof TcgEventType type)
                || NOWHERE.contains(type)
                || Optional.ofNullable(ALLOWED.get(e.pcrIndex()))
                    .map(allowed -> !allowed.contains(type))
                    .orElse(false),
        "a type that this PCR may hold");
  }

  private Check data() {
    return first(
        EvidenceCheck.LOG_DATA,
        quoted,
        e ->
            e.untrustedType() instanceof TcgEventType type
                && STRUCTURED.contains(type)
                && !wellFormed(e),
        "data that its type promises");
  }

  private static boolean wellFormed(TcgPcrEvent2 event) {
    return switch (event.untrustedData()) {
      case EventData.Unparsed unparsed -> false;
      case EventData.BootServicesApplication image ->
          image.devicePath().isEmpty() || image.path().isPresent();
      case EventData.UefiVariable variable
          when event.untrustedType() == EV_EFI_VARIABLE_DRIVER_CONFIG ->
          !(variable.content() instanceof VariableContent.Malformed);
      default -> true;
    };
  }

  /** Events that only the judged bank's digests agree with. */
  Check otherBanks() {
    return first(
        EvidenceCheck.LOG_OTHER_BANKS,
        quoted,
        e -> !mismatch(e, bank) && log.banks().stream().anyMatch(other -> mismatch(e, other)),
        "digests of the event's data in every bank");
  }

  private static boolean mismatch(TcgPcrEvent2 event, HashAlgorithm bank) {
    return event.digestCheck(bank).map(DigestCheck.Mismatch.class::isInstance).orElse(false);
  }
}
