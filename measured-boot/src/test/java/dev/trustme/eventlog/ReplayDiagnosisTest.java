// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each cause of a difference is named, and no other with it. */
class ReplayDiagnosisTest {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final TcgEventType TYPE = TcgEventType.EV_ACTION;

  private static ReplayedLog replay(TestLog log) throws FormatException {
    return Replay.replay(EventLog.parse(log.build()));
  }

  private static TestLog events(TestLog log, int pcr, String... texts) {
    for (String text : texts) {
      log.measured(pcr, TYPE, Bytes.utf8(text));
    }
    return log;
  }

  private static String hints(ReplayedLog log, int pcr, Digest value, Digest... others) {
    return String.join(
        "; ",
        new ReplayDiagnosis(log)
            .explain(pcr, value, List.of(others)).stream()
                .map(h -> h.id() + ": " + h.words())
                .toList());
  }

  private static void assertHint(String start, String contained, String hints) {
    assertTrue(hints.startsWith(start + ": ") && hints.contains(contained), hints);
    assertTrue(!hints.contains("; "), hints);
  }

  @Test
  void anotherStartupLocality() throws FormatException {
    var log = replay(events(TestLog.agile(), 0, "a", "b"));
    for (int locality : new int[] {3, 4}) {
      var real = replay(events(TestLog.agile().startupLocality(locality), 0, "a", "b"));
      var words = "started at locality " + locality;
      assertHint("other-locality", words, hints(log, 0, real.pcr(BANK, 0)));
      assertHint("other-locality", "locality 0", hints(real, 0, log.pcr(BANK, 0)));
    }
  }

  @Test
  void valuesReadBeforeTheLogEnded() throws FormatException {
    var log = replay(events(TestLog.agile(), 4, "a", "b", "c"));
    var earlier = replay(events(TestLog.agile(), 4, "a", "b"));
    assertHint(
        "read-before",
        "after 2 of 3 events: it was read before event 3",
        hints(log, 4, earlier.pcr(BANK, 4)));
  }

  @Test
  void anEventThatWasNotMeasured() throws FormatException {
    var log = replay(events(TestLog.agile(), 4, "a", "b", "c"));
    var real = replay(events(TestLog.agile(), 4, "a", "c"));
    assertHint("not-measured", "without event 2", hints(log, 4, real.pcr(BANK, 4)));
  }

  @Test
  void extendedButAbsentFromTheLog() throws FormatException {
    var log = replay(events(TestLog.agile(), 4, "a"));
    var real = replay(events(TestLog.agile(), 12, "a"));
    assertHint("absent-from-log", "no event of it", hints(log, 12, real.pcr(BANK, 12)));
  }

  @Test
  void stillAtItsStartValue() throws FormatException {
    var log = replay(events(TestLog.agile(), 4, "a"));
    assertHint("never-extended", "1 events", hints(log, 4, Digest.zero(BANK)));
    var launched = replay(events(TestLog.agile(), 17, "a"));
    var ones = replay(TestLog.agile()).pcr(BANK, 17);
    assertHint("never-extended", "1 events", hints(launched, 17, ones));
  }

  @Test
  void anotherBankAgrees() throws FormatException {
    var log = replay(events(TestLog.agile(), 4, "a"));
    var other = BANK.digest(Bytes.utf8("something else"));
    var sha1 = log.pcr(HashAlgorithm.SHA1, 4);
    assertHint("other-banks-agree", "right in bank sha1", hints(log, 4, other, sha1));
    assertEquals("", hints(log, 4, other, HashAlgorithm.SHA1.digest(Bytes.utf8("no"))));
  }

  @Test
  void saysNothingWhereNothingFits() throws FormatException {
    var log = replay(events(TestLog.agile(), 0, "a", "b"));
    assertEquals("", hints(log, 0, BANK.digest(Bytes.utf8("edited"))));
    assertEquals("", hints(log, 0, HashAlgorithm.SHA384.digest(Bytes.utf8("no such bank"))));
  }
}
