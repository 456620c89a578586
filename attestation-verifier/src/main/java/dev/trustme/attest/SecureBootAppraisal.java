// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.eventlog.VariableContent;
import dev.trustme.trust.Check;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Secure Boot as PCR 7 tells it: the variables that the firmware measured before its separator, and
 * the authorities that admitted what was started. TCG PC Client Platform Firmware Profile 1.06,
 * 3.3.4.8; modes: UEFI 2.10, 32.3.
 */
final class SecureBootAppraisal {
  private static final int PCR = 7;
  private static final Set<String> MODES = Set.of("SetupMode", "AuditMode", "DeployedMode");

  private final HashAlgorithm bank;
  private final Policy.SecureBootRule rule;
  private final List<TcgPcrEvent2> events;

  SecureBootAppraisal(ReplayedLog log, HashAlgorithm bank, Policy.SecureBootRule rule) {
    this.bank = bank;
    this.rule = rule;
    this.events = log.measuredEvents(PCR);
  }

  List<Check> checks() {
    return List.of(state(), mode(), authorities());
  }

  /** The variable counts once, before the separator: later entries are not the firmware's word. */
  private Check state() {
    List<TcgPcrEvent2> found = new ArrayList<>();
    boolean separated = false;
    boolean late = false;
    for (var event : events) {
      separated |= event.untrustedType() == TcgEventType.EV_SEPARATOR;
      if (names(event, EfiGuid.GLOBAL_VARIABLE, Set.of("SecureBoot"))) {
        found.add(event);
        late |= separated;
      }
    }
    if (found.size() != 1 || late) {
      var check =
          EvidenceCheck.SECURE_BOOT.fail(
              "the variable SecureBoot once, before the separator",
              late ? "after the separator" : found.size() + " times");
      return found.isEmpty() ? check : check.at(LogEvents.where(found.getLast()));
    }
    var event = found.getFirst();
    var data = value(event);
    return EvidenceCheck.SECURE_BOOT
        .of(verified(event) && data.hex().equals("01"), "SecureBoot = 01", "SecureBoot = " + data)
        .at(LogEvents.where(event));
  }

  /** Firmware measures these where they are not as usual; a mode of its own word only counts. */
  private Check mode() {
    var check = EvidenceCheck.SECURE_BOOT_MODE;
    String deployed = "no word of Deployed Mode";
    for (var event : events) {
      if (!names(event, EfiGuid.GLOBAL_VARIABLE, MODES)) {
        continue;
      }
      String name = name(event);
      boolean on = value(event).hex().equals("01");
      boolean off = value(event).hex().equals("00");
      boolean good = name.equals("DeployedMode") ? on || off : off;
      if (!good || !verified(event)) {
        return check
            .fail(name + " = 00", "%s = %s".formatted(name, value(event)))
            .at(LogEvents.where(event));
      }
      deployed = name.equals("DeployedMode") ? "DeployedMode = " + value(event) : deployed;
    }
    boolean holds = rule == Policy.SecureBootRule.REQUIRED || deployed.equals("DeployedMode = 01");
    return check.of(holds, "DeployedMode = 01 in the log", deployed);
  }

  /** What firmware started on the strength of db is in db as measured, and not in dbx. */
  private Check authorities() {
    var check = EvidenceCheck.LOG_AUTHORITIES;
    var db = database("db");
    var dbx = database("dbx");
    int count = 0;
    for (var event : events) {
      if (event.untrustedType() != TcgEventType.EV_EFI_VARIABLE_AUTHORITY
          || !names(event, EfiGuid.IMAGE_SECURITY_DATABASE, Set.of("db"))) {
        continue;
      }
      count++;
      var entry = authority(event);
      boolean refused = entry.filter(e -> holds(dbx, e)).isPresent();
      if (refused || entry.filter(e -> holds(db, e)).isEmpty()) {
        return check
            .fail("a signature that is in db and not in dbx", refused ? "in dbx" : "not in db")
            .at(LogEvents.where(event));
      }
    }
    return check.pass(count + " authorities of db");
  }

  private static boolean holds(List<SignatureData> database, Bytes entry) {
    return database.stream().anyMatch(s -> s.signatureData().equals(entry));
  }

  private static Optional<Bytes> authority(TcgPcrEvent2 event) {
    return switch (((EventData.UefiVariable) event.untrustedData()).authority()) {
      case VariableContent.Authority(SignatureData signature) ->
          Optional.of(signature.signatureData());
      case VariableContent.BareCertificate(Bytes der) -> Optional.of(der);
      default -> Optional.empty();
    };
  }

  /** The signatures of a database as the firmware measured it; none if it is empty or not there. */
  List<SignatureData> database(String name) {
    return events.stream()
        .filter(e -> e.untrustedType() == TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG)
        .filter(e -> names(e, EfiGuid.IMAGE_SECURITY_DATABASE, Set.of(name)))
        .filter(this::verified)
        .flatMap(SecureBootAppraisal::lists)
        .flatMap(list -> list.signatures().stream())
        .toList();
  }

  private static Stream<SignatureList> lists(TcgPcrEvent2 event) {
    return event.untrustedData() instanceof EventData.UefiVariable variable
            && variable.content() instanceof VariableContent.SignatureDatabase database
        ? database.lists().stream()
        : Stream.empty();
  }

  /** shim's SbatLevel, as it measured it. */
  Optional<String> sbatLevel() {
    return events.stream()
        .filter(this::verified)
        .flatMap(e ->
            e.untrustedData() instanceof EventData.UefiVariable variable
                    && variable.variable().variableName().equals(EfiGuid.SHIM_LOCK)
                    && variable.content() instanceof VariableContent.SbatLevel(String text)
                ? Stream.of(text)
                : Stream.empty())
        .findFirst();
  }

  private static boolean names(TcgPcrEvent2 event, EfiGuid vendor, Set<String> names) {
    return event.untrustedData() instanceof EventData.UefiVariable variable
        && variable.variable().variableName().equals(vendor)
        && names.contains(variable.variable().unicodeName());
  }

  private static String name(TcgPcrEvent2 event) {
    return ((EventData.UefiVariable) event.untrustedData()).variable().unicodeName();
  }

  private static Bytes value(TcgPcrEvent2 event) {
    return ((EventData.UefiVariable) event.untrustedData()).variable().variableData();
  }

  private boolean verified(TcgPcrEvent2 event) {
    return event.digestCheck(bank).map(DigestCheck.Verified.class::isInstance).orElse(false);
  }
}
