// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventDigest;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Logs that were edited, and boots that went otherwise than the release predicts. */
class LogAppraisalTest {
  private static final int SECURE_BOOT = 4;
  private static final int SEPARATOR_PCR7 = 9;
  private static final int IMAGE = 24;
  private static final int CMDLINE = 30;
  private static final int LOAD_OPTIONS = 33;
  private static final int EXIT = 35;

  private final Scenario scenario = new Scenario();
  private final EventLog log = parse(Scenario.realLog());

  private static EventLog parse(Bytes bytes) {
    try {
      return EventLog.parse(bytes);
    } catch (FormatException e) {
      throw new IllegalStateException(e);
    }
  }

  private Bytes edited(UnaryOperator<List<TcgPcrEvent2>> edit) {
    var events = edit.apply(new ArrayList<>(log.events()));
    return new EventLog(log.specId(), events, log.padding(), log.quirks()).encode();
  }

  private Bytes replaced(int number, UnaryOperator<TcgPcrEvent2> edit) {
    return edited(events -> {
      events.set(number, edit.apply(events.get(number)));
      return events;
    });
  }

  private static TcgPcrEvent2 retyped(TcgPcrEvent2 event, TcgEventType type) {
    return new TcgPcrEvent2(
        event.number(), event.offset(), event.pcrIndex(), type, event.digests(), event.event());
  }

  private static TcgPcrEvent2 withData(TcgPcrEvent2 event, Bytes data) {
    return new TcgPcrEvent2(
        event.number(),
        event.offset(),
        event.pcrIndex(),
        event.untrustedType(),
        event.digests(),
        data);
  }

  /** Other content, honestly measured: the digests follow. */
  private static TcgPcrEvent2 measuring(TcgPcrEvent2 event, Bytes content) {
    return new TcgPcrEvent2(
        event.number(),
        event.offset(),
        event.pcrIndex(),
        event.untrustedType(),
        List.of(
            EventDigest.of(HashAlgorithm.SHA1.digest(content)),
            EventDigest.of(HashAlgorithm.SHA256.digest(content))),
        event.event());
  }

  private void rejects(String... ids) throws FormatException {
    assertEquals(Arrays.asList(ids), scenario.failures());
  }

  private String finding(String id) throws FormatException {
    return scenario.judge().failures().stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow()
        .toString();
  }

  // Edited logs: the quoted values stay.

  @Test
  void rejectsChangedDigest() throws FormatException {
    scenario.log = replaced(CMDLINE, e -> measuring(e, Bytes.utf8("init=/bin/sh")));
    rejects("log-replay", "pcr-11");
  }

  @Test
  void rejectsRemovedAddedAndReorderedEvents() throws FormatException {
    scenario.log = edited(events -> events.subList(0, events.size() - 3));
    rejects("log-replay", "log-exit-boot-services", "pcr-9");
    scenario.log =
        edited(events -> {
          events.add(events.getLast());
          return events;
        });
    rejects("log-replay", "log-exit-boot-services");
    scenario.log =
        edited(events -> {
          var moved = events.remove(LOAD_OPTIONS);
          events.add(LOAD_OPTIONS + 1, moved);
          return events;
        });
    rejects("log-replay", "pcr-9");
  }

  @Test
  void rejectsEditedDataWithItsOldDigest() throws FormatException {
    scenario.log =
        replaced(
            SECURE_BOOT,
            e ->
                withData(
                    e, Bytes.concat(e.event().slice(0, e.event().size() - 1), Bytes.zeros(1))));
    rejects("log-digests", "secure-boot");
  }

  @Test
  void rejectsRetypedEvents() throws FormatException {
    scenario.log = replaced(IMAGE, e -> retyped(e, TcgEventType.EV_EFI_PLATFORM_FIRMWARE_BLOB));
    rejects("log-types", "pcr-4");
    scenario.log = replaced(SEPARATOR_PCR7, e -> retyped(e, TcgEventType.EV_UNUSED));
    rejects("log-types", "log-separators", "pcr-7");
    scenario.log = replaced(EXIT, e -> retyped(e, TcgEventType.EV_UNUSED));
    rejects("log-types", "log-exit-boot-services");
    scenario.log = replaced(IMAGE, e -> retyped(e, TcgEventType.EV_NO_ACTION));
    assertTrue(scenario.failures().containsAll(List.of("log-replay", "pcr-4")));
  }

  // Other boots: the TPM measured them, and quotes them.

  @Test
  void rejectsOtherCommandLine() throws FormatException {
    scenario.measured(replaced(CMDLINE, e -> measuring(e, Bytes.utf8("ro init=/bin/sh"))));
    rejects("pcr-11");
    var other = HashAlgorithm.SHA256.digest(Bytes.utf8("ro init=/bin/sh"));
    assertTrue(finding("pcr-11").contains(other.toString()));
    assertTrue(finding("pcr-11").contains("event 30 (EV_IPL)"), finding("pcr-11"));
  }

  @Test
  void rejectsSecondImage() throws FormatException {
    scenario.measured(
        edited(events -> {
          events.add(IMAGE + 1, measuring(events.get(IMAGE), Bytes.utf8("another image")));
          return events;
        }));
    rejects("pcr-4");
  }

  @Test
  void rejectsSecureBootTurnedOff() throws FormatException {
    scenario.measured(
        replaced(
            SECURE_BOOT,
            e -> {
              var off = Bytes.concat(e.event().slice(0, e.event().size() - 1), Bytes.zeros(1));
              return measuring(withData(e, off), off);
            }));
    rejects("secure-boot", "pcr-7");
  }

  @Test
  void rejectsSecureBootStatedTwice() throws FormatException {
    scenario.measured(
        edited(events -> {
          events.add(SECURE_BOOT, events.get(SECURE_BOOT));
          return events;
        }));
    rejects("secure-boot", "pcr-7");
  }

  @Test
  void rejectsErrorSeparator() throws FormatException {
    var error = Bytes.fromHex("01000000");
    scenario.measured(replaced(SEPARATOR_PCR7, e -> measuring(withData(e, error), error)));
    assertTrue(scenario.failures().containsAll(List.of("log-separators", "pcr-7")));
  }

  @Test
  void rejectsMeasurementThatIsNotInTheLog() throws FormatException {
    var claimed = new TreeMap<>(scenario.claimed);
    claimed.put(12, Digest.zero(Scenario.BANK).extend(Digest.zero(Scenario.BANK)));
    scenario.claimed = claimed;
    scenario.requote();
    rejects("log-unlogged", "log-replay");
  }

  @Test
  void rejectsLogOfSha1Alone() throws FormatException {
    scenario.log =
        edited(events ->
            events.stream()
                .map(e ->
                    e.number() == 0
                        ? e
                        : new TcgPcrEvent2(
                            e.number(),
                            e.offset(),
                            e.pcrIndex(),
                            e.untrustedType(),
                            e.digests().subList(0, 1),
                            e.event()))
                .toList());
    var failures = scenario.failures();
    assertTrue(failures.containsAll(List.of("log-bank", "log-replay")), failures.toString());
  }
}
