// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.trust.Check;
import java.util.List;
import java.util.stream.Stream;

/**
 * In which order a boot goes: boot option, EFI programs, handover; one command line; the sections
 * of one boot image. TCG PC Client Platform Firmware Profile 1.06, 3.3.4.5; systemd-stub(7), "TPM
 * PCR Notes".
 */
final class BootSequence {
  private static final int BOOT_MANAGER_PCR = 4;
  private static final int GRUB_PCR = 8;
  private static final int KERNEL_PCR = 9;
  private static final int STUB_PCR = 11;
  private static final int EXTENSIONS_PCR = 13;
  private static final String CALLING = "Calling EFI Application from Boot Option";
  private static final String GRUB_COMMAND_LINE = "kernel_cmdline: ";

  /** systemd-stub measures them in this order, those that there are. */
  private static final List<String> SECTIONS =
      List.of(
          ".linux",
          ".osrel",
          ".cmdline",
          ".initrd",
          ".ucode",
          ".splash",
          ".dtb",
          ".uname",
          ".sbat",
          ".pcrpkey",
          ".profile",
          ".dtbauto",
          ".hwids",
          ".efifw");

  private final ReplayedLog log;
  private final HashAlgorithm bank;

  BootSequence(ReplayedLog log, HashAlgorithm bank) {
    this.log = log;
    this.bank = bank;
  }

  /** Firmware that announces no boot option has its separator for it, as all firmware has. */
  Check order() {
    var check = EvidenceCheck.LOG_BOOT_ORDER;
    boolean announces =
        log.measuredEvents(BOOT_MANAGER_PCR).stream().anyMatch(BootSequence::announces);
    boolean announced = !announces;
    boolean separated = false;
    boolean left = false;
    for (var event : log.log().events()) {
      boolean bootManager = event.extendsPcr() && event.pcrIndex() == BOOT_MANAGER_PCR;
      announced |= bootManager && announces(event);
      separated |= bootManager && event.untrustedType() == TcgEventType.EV_SEPARATOR;
      left |= LogAppraisal.leavesBootServices(event);
      if (bootManager
          && event.untrustedType() == TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION
          && (!announced || !separated || left)) {
        return check
            .fail("an EFI program between boot option and handover", left ? "after" : "before")
            .at(LogEvents.where(event));
      }
    }
    return check.pass("in order");
  }

  private static boolean announces(TcgPcrEvent2 event) {
    return LogEvents.action(event).map(CALLING::equals).orElse(false);
  }

  /** What the stub and the kernel measured. */
  List<Check> kernel() {
    return List.of(commandLine(), sections(), extensions());
  }

  /** The load options in an event, which may hold several tags. */
  private static Stream<EventData.TaggedEvent> tags(TcgPcrEvent2 event) {
    Stream<EventData.TaggedEvent> tags =
        switch (event.untrustedData()) {
          case EventData.TaggedEvent tag -> Stream.of(tag);
          case EventData.TaggedEvents several -> several.events().stream();
          default -> Stream.empty();
        };
    return tags.filter(
        tag -> tag.taggedEventId() == EventData.TaggedEvent.LOAD_OPTIONS_EVENT_TAG_ID);
  }

  private Check commandLine() {
    var loadOptions =
        log.measuredEvents(KERNEL_PCR).stream().flatMap(e -> tags(e).map(tag -> e)).toList();
    var grub =
        log.measuredEvents(GRUB_PCR).stream()
            .filter(e ->
                e.untrustedData() instanceof EventData.IplText(String text)
                    && text.startsWith(GRUB_COMMAND_LINE))
            .toList();
    for (var events : List.of(loadOptions, grub)) {
      if (events.size() > 1) {
        return EvidenceCheck.LOG_COMMAND_LINE
            .fail("one command line", events.size() + " of them")
            .at(LogEvents.where(events.get(1)));
      }
    }
    return EvidenceCheck.LOG_COMMAND_LINE.pass(loadOptions.size() + grub.size() + " events");
  }

  /** Each section's name, then its content under the same text. */
  private Check sections() {
    var check = EvidenceCheck.LOG_SECTIONS;
    int last = -1;
    String open = "";
    for (var event : log.measuredEvents(STUB_PCR)) {
      String text = event.untrustedData() instanceof EventData.IplText(String name) ? name : "";
      int position = SECTIONS.indexOf(text);
      boolean isContent = !open.isEmpty();
      boolean fits = isContent ? text.equals(open) : position > last && verified(event);
      if (!fits) {
        return check
            .fail(
                isContent ? "the content of " + open : "the name of a later section",
                LogEvents.describe(event))
            .at(LogEvents.where(event));
      }
      last = position;
      open = isContent ? "" : text;
    }
    return open.isEmpty()
        ? check.pass("in order")
        : check.fail("the content of " + open, "the log ends before it");
  }

  private boolean verified(TcgPcrEvent2 event) {
    return event.digestCheck(bank).map(DigestCheck.Verified.class::isInstance).orElse(false);
  }

  /** systemd-stub measures system extension images there; container events have their own log. */
  private Check extensions() {
    var check = EvidenceCheck.LOG_EXTENSIONS;
    return log.measuredEvents(EXTENSIONS_PCR).stream()
        .findFirst()
        .map(e -> check.fail("no event", LogEvents.describe(e)).at(LogEvents.where(e)))
        .orElseGet(() -> check.pass("no event in PCR " + EXTENSIONS_PCR));
  }
}
