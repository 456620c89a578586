// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventDigest;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floors, and the firmware that was enrolled, before a log of a real boot. */
class PlatformAppraisalTest {
  private static final int DBX = 8;
  private static final int SEPARATOR_PCR6 = 22;

  private final ReplayedLog log = replayed(Scenario.realLog());
  private final EnrolmentRecord enrolled = record(firmware(HashAlgorithm.SHA256));

  private static ReplayedLog replayed(Bytes bytes) {
    try {
      return Replay.replay(EventLog.parse(bytes));
    } catch (FormatException e) {
      throw new IllegalStateException(e);
    }
  }

  private FirmwareEvents firmware(HashAlgorithm... banks) {
    return FirmwareEvents.of(log, List.of(banks));
  }

  private static EnrolmentRecord record(FirmwareEvents firmware) {
    var digest = HashAlgorithm.SHA256.digest(Bytes.empty());
    var key = new EnrolmentRecord.Key(digest, digest);
    return new EnrolmentRecord(
        EnrolmentRecord.SCHEMA,
        Scenario.DEVICE,
        Scenario.NOW,
        new EnrolmentRecord.Tpm("id:494e5443", "model", "id:00010002"),
        key,
        key,
        key,
        Optional.of(firmware),
        Optional.empty());
  }

  private static Check check(
      EvidenceCheck wanted, String demand, ReplayedLog log, Optional<EnrolmentRecord> record)
      throws FormatException {
    return check(wanted, demand, log, record, Scenario.selection());
  }

  private static Check check(
      EvidenceCheck wanted,
      String demand,
      ReplayedLog log,
      Optional<EnrolmentRecord> record,
      TpmsPcrSelection selection)
      throws FormatException {
    String yaml =
        Scenario.POLICY.replace("  devices:", "  enrolment: {roots: [enrolment.pem]}\n  devices:")
            + demand;
    var require = Policy.parse(Bytes.utf8(yaml)).require();
    return new PlatformAppraisal(log, selection, require)
        .checks(record).stream().filter(c -> c.id().equals(wanted.id())).findFirst().orElseThrow();
  }

  /** The log of a device whose dbx holds two images, 11… and 22…. UEFI 2.10, 32.4.1. */
  private static ReplayedLog withDbx() throws FormatException {
    var list =
        Bytes.fromHex(
            "2616c4c14c509240aca941f936934328"
                + "7c000000"
                + "00000000"
                + "30000000"
                + "00".repeat(16)
                + "11".repeat(32)
                + "00".repeat(16)
                + "22".repeat(32));
    return edited(events -> {
      Bytes old = events.get(DBX).event();
      Bytes name = old.slice(32, 38);
      Bytes data = Bytes.concat(old.slice(0, 24), Bytes.fromHex("7c00000000000000"), name, list);
      events.set(DBX, event(7, TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG, data));
    });
  }

  private static TcgPcrEvent2 event(int pcr, TcgEventType type, Bytes data) {
    return new TcgPcrEvent2(
        0,
        0,
        pcr,
        type,
        List.of(
            EventDigest.of(HashAlgorithm.SHA1.digest(data)),
            EventDigest.of(HashAlgorithm.SHA256.digest(data))),
        data);
  }

  @ParameterizedTest
  @CsvSource({
    "'entries: 2', PASS",
    "'entries: 3', FAIL",
    "'entries: 1, contains: [\"sha256:11\"]', PASS",
    "'entries: 1, contains: [\"sha256:22\", \"sha256:11\"]', PASS",
    "'entries: 1, contains: [\"sha256:11\", \"sha256:33\"]', FAIL"
  })
  void aDbxHoldsAsManyEntriesAndTheOnesThatAreNamed(String dbx, Check.Result result)
      throws FormatException {
    String floor = dbx.replaceAll("sha256:(..)", "sha256:" + "$1".repeat(32));
    var check =
        check(
            EvidenceCheck.DBX_FLOOR,
            "  floors: {dbx: {%s}}\n".formatted(floor),
            withDbx(),
            Optional.empty());
    assertEquals(result, check.result(), check.toString());
  }

  private static final String ENROLLED = "  firmware: enrolled\n";

  @Test
  void theEnrolledFirmwareIsTheSame() throws FormatException {
    var same = check(EvidenceCheck.FIRMWARE_EVENTS, ENROLLED, log, Optional.of(enrolled));
    assertEquals(Check.Result.PASS, same.result());
    assertEquals("13 events", same.seen());
    var both = record(firmware(HashAlgorithm.SHA1, HashAlgorithm.SHA256));
    var banks = check(EvidenceCheck.FIRMWARE_EVENTS, ENROLLED, log, Optional.of(both));
    assertEquals(Check.Result.PASS, banks.result(), "of several banks, ours");
  }

  @Test
  void allOfItsPcrsAreQuoted() throws FormatException {
    var less =
        new TpmsPcrSelection(
            Scenario.BANK, Scenario.QUOTED.stream().filter(pcr -> pcr != 6).toList());
    var check = check(EvidenceCheck.FIRMWARE_EVENTS, ENROLLED, log, Optional.of(enrolled), less);
    assertEquals("not all of them", check.seen());
  }

  @Test
  void anEventLessAtTheEndIsNoticed() throws FormatException {
    var shorter = edited(events -> events.remove(SEPARATOR_PCR6));
    var check = check(EvidenceCheck.FIRMWARE_EVENTS, ENROLLED, shorter, Optional.of(enrolled));
    assertEquals("the log ends before it", check.seen());
    assertEquals("PCR 6, its end", check.where());
    assertEquals(true, check.expected().startsWith("PCR 6 sha256:"), check.expected());
  }

  @Test
  void anEventMoreAtTheEndIsNoticed() throws FormatException {
    var longer = edited(events -> events.add(SEPARATOR_PCR6 + 1, events.get(SEPARATOR_PCR6)));
    var check = check(EvidenceCheck.FIRMWARE_EVENTS, ENROLLED, longer, Optional.of(enrolled));
    assertEquals("no further event", check.expected());
    assertEquals(true, check.where().contains("event 23 (EV_SEPARATOR)"), check.where());
  }

  /** A change of the list of events. */
  private interface Edit {
    void apply(List<TcgPcrEvent2> events);
  }

  private static ReplayedLog edited(Edit edit) throws FormatException {
    var log = EventLog.parse(Scenario.realLog());
    List<TcgPcrEvent2> events = new ArrayList<>(log.events());
    edit.apply(events);
    return replayed(new EventLog(log.specId(), events, log.padding(), log.quirks()).encode());
  }

  @Test
  void theFirstDifferenceSaysWhereItIs() throws FormatException {
    var data = Bytes.utf8("other");
    var other =
        edited(events -> {
          events.add(1, event(0, TcgEventType.EV_POST_CODE, data));
          events.remove(SEPARATOR_PCR6 + 1);
        });
    var check = check(EvidenceCheck.FIRMWARE_EVENTS, ENROLLED, other, Optional.of(enrolled));
    assertEquals(true, check.where().contains("event 1 (EV_POST_CODE)"), check.where());
    assertEquals(2, check.seen().split("; ", -1).length, check.seen());
  }
}
