// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventDigest;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Boots that went in another order, and events whose data is not what was measured. */
class BootSequenceTest {
  private static final int SECURE_BOOT = 4;
  private static final int BOOT_OPTION = 15;
  private static final int SEPARATOR_PCR3 = 19;
  private static final int SEPARATOR_PCR4 = 20;
  private static final int IMAGE = 24;
  private static final int LINUX = 26;
  private static final int OSREL = 27;
  private static final int LOAD_OPTIONS = 33;
  private static final int EXIT = 35;

  private final Scenario scenario = new Scenario();
  private List<TcgPcrEvent2> events = List.of();
  private EventLog log;

  @BeforeEach
  void read() throws FormatException {
    log = EventLog.parse(Scenario.realLog());
    events = new ArrayList<>(log.events());
  }

  private Bytes edited() {
    return new EventLog(log.specId(), events, log.padding(), log.quirks()).encode();
  }

  /** The check of a device that measured the edited log. */
  private Check measured(EvidenceCheck check) throws FormatException {
    return scenario.measured(edited()).judge().checks().stream()
        .filter(c -> c.id().equals(check.id()))
        .findFirst()
        .orElseThrow();
  }

  private static TcgPcrEvent2 event(int pcr, TcgEventType type, Bytes data, Bytes measured) {
    return new TcgPcrEvent2(
        0,
        0,
        pcr,
        type,
        List.of(
            EventDigest.of(HashAlgorithm.SHA1.digest(measured)),
            EventDigest.of(HashAlgorithm.SHA256.digest(measured))),
        data);
  }

  /** Data that the digest does not cover. */
  private void forge(int number, Bytes data, Bytes measured) {
    var old = events.get(number);
    var type = (TcgEventType) old.untrustedType();
    events.set(number, event(old.pcrIndex(), type, data, measured));
  }

  private void move(int from, int to) {
    events.add(to, events.remove(from));
  }

  @Test
  void programsStartAfterTheBootOptionIsNamed() throws FormatException {
    assertEquals("in order", measured(EvidenceCheck.LOG_BOOT_ORDER).seen());
    move(BOOT_OPTION, IMAGE);
    assertEquals("before", measured(EvidenceCheck.LOG_BOOT_ORDER).seen());
  }

  /** Firmware that names no boot option. */
  @Test
  void whereNoOptionIsNamedTheSeparatorIsEnough() throws FormatException {
    events.remove(BOOT_OPTION);
    assertEquals("in order", measured(EvidenceCheck.LOG_BOOT_ORDER).seen());
  }

  @Test
  void programsStartAfterTheSeparatorOfTheirPcr() throws FormatException {
    move(IMAGE, SEPARATOR_PCR4);
    assertEquals("before", measured(EvidenceCheck.LOG_BOOT_ORDER).seen());
    read();
    move(IMAGE, SEPARATOR_PCR3);
    assertEquals("before", measured(EvidenceCheck.LOG_BOOT_ORDER).seen());
  }

  @Test
  void programsStartBeforeTheHandover() throws FormatException {
    move(IMAGE, EXIT);
    assertEquals("after", measured(EvidenceCheck.LOG_BOOT_ORDER).seen());
  }

  @Test
  void aBootOptionOfAnotherPcrIsNone() throws FormatException {
    var option = events.get(BOOT_OPTION);
    events.set(BOOT_OPTION, event(5, TcgEventType.EV_EFI_ACTION, option.event(), option.event()));
    events.add(IMAGE + 1, option);
    assertEquals("before", measured(EvidenceCheck.LOG_BOOT_ORDER).seen());
  }

  @Test
  void commandLinesAreCounted() throws FormatException {
    assertEquals("1 events", measured(EvidenceCheck.LOG_COMMAND_LINE).seen());
    var grub = Bytes.utf8("kernel_cmdline: quiet\0");
    events.add(LOAD_OPTIONS, event(8, TcgEventType.EV_IPL, grub, grub));
    assertEquals("2 events", measured(EvidenceCheck.LOG_COMMAND_LINE).seen());
  }

  @Test
  void sectionsSayWhatWasExpected() throws FormatException {
    move(LINUX, OSREL);
    assertEquals("the content of .linux", measured(EvidenceCheck.LOG_SECTIONS).expected());
    read();
    move(OSREL, LINUX - 1);
    move(OSREL + 1, LINUX);
    assertEquals("the name of a later section", measured(EvidenceCheck.LOG_SECTIONS).expected());
  }

  // What an event says counts where its digest covers it.

  private Set<String> failing() throws FormatException {
    return new TreeSet<>(scenario.measured(edited()).failures());
  }

  @Test
  void anUnmeasuredSeparatorIsNone() throws FormatException {
    forge(SEPARATOR_PCR3, Bytes.zeros(4), Bytes.fromHex("01000000"));
    assertEquals(Set.of("log-digests", "log-separators"), failing());
  }

  @Test
  void anUnmeasuredHandoverIsNone() throws FormatException {
    forge(EXIT, events.get(EXIT).event(), Bytes.utf8("other"));
    assertEquals(Set.of("log-digests", "log-exit-boot-services"), failing());
    forge(EXIT + 1, events.get(EXIT + 1).event(), Bytes.utf8("other"));
    assertEquals("neither", measured(EvidenceCheck.LOG_EXIT_BOOT_SERVICES).seen());
  }

  @Test
  void otherActionsBeforeTheHandoverAreNotAsked() throws FormatException {
    var action = Bytes.utf8("Something else");
    events.add(EXIT, event(5, TcgEventType.EV_EFI_ACTION, action, action));
    assertEquals(Set.of(), failing());
  }

  /** The firmware measured that it is off; the log says that it is on. */
  @Test
  void anUnmeasuredSecureBootIsOff() throws FormatException {
    var on = events.get(SECURE_BOOT).event();
    forge(SECURE_BOOT, on, Bytes.concat(on.slice(0, on.size() - 1), Bytes.zeros(1)));
    assertEquals(Set.of("log-digests", "secure-boot", "pcr-7"), failing());
  }

  @Test
  void secureBootSaysWhatItSaw() throws FormatException {
    assertEquals("1 authorities of db", measured(EvidenceCheck.LOG_AUTHORITIES).seen());
    var on = events.remove(SECURE_BOOT);
    assertEquals("0 times", measured(EvidenceCheck.SECURE_BOOT).seen());
    events.add(IMAGE, on);
    assertEquals("after the separator", measured(EvidenceCheck.SECURE_BOOT).seen());
  }

  @Test
  void aLogWithoutTheBankSaysSo() throws FormatException {
    var old = events.get(LINUX);
    events.set(
        LINUX,
        new TcgPcrEvent2(0, 0, 11, old.untrustedType(), old.digests().subList(0, 1), old.event()));
    scenario.log = edited();
    var seen =
        scenario.judge().failures().stream()
            .filter(c -> c.id().equals("log-digests"))
            .map(Check::seen)
            .toList();
    assertEquals(List.of("no sha256 digest"), seen);
  }
}
