// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogDifferenceTest {
  private static final TcgEventType TYPE = TcgEventType.EV_ACTION;

  private static TestLog log(String... texts) {
    var log = TestLog.agile();
    for (String text : texts) {
      log.measured(4, TYPE, Bytes.utf8(text));
    }
    return log.separator(7);
  }

  private static LogDifference between(TestLog first, TestLog second) throws FormatException {
    return LogDifference.between(
        EventLog.parse(first.build()), EventLog.parse(second.build()), Optional.empty());
  }

  @Test
  void equalLogsAreTheSame() throws FormatException {
    var difference = between(log("a", "b"), log("a", "b"));
    assertTrue(difference.same());
    assertEquals(List.of(4, 7), difference.equalPcrs());
    assertEquals(List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256), difference.banks());
  }

  @Test
  void namesTheFirstEventThatDiffersAndCountsTheRest() throws FormatException {
    var difference = between(log("a", "b", "c"), log("a", "x", "c", "d"));
    assertFalse(difference.same());
    assertEquals(List.of(7), difference.equalPcrs());
    var pcr = difference.parted().getFirst();
    assertEquals(4, pcr.pcr());
    assertEquals(1, pcr.common());
    assertEquals("b", pcr.first().orElseThrow().event().utf8());
    assertEquals("x", pcr.second().orElseThrow().event().utf8());
    assertEquals(1, pcr.onlyFirst());
    assertEquals(2, pcr.onlySecond());
  }

  @Test
  void aLogThatEndsEarlierHasNoEventThere() throws FormatException {
    var pcr = between(log("a"), log("a", "b")).parted().getFirst();
    assertEquals(Optional.empty(), pcr.first());
    assertEquals(2, pcr.second().orElseThrow().number());
    assertEquals(0, pcr.onlyFirst());
  }

  @Test
  void typeAndContentCountThoughNoDigestCoversThem() throws FormatException {
    var object = Bytes.utf8("object");
    var one = TestLog.agile().measured(4, TYPE, Bytes.utf8("shown"), object);
    var retyped = TestLog.agile().measured(4, TcgEventType.EV_UNUSED, Bytes.utf8("shown"), object);
    var edited = TestLog.agile().measured(4, TYPE, Bytes.utf8("other"), object);
    assertFalse(between(one, retyped).same());
    assertFalse(between(one, edited).same());
  }

  @Test
  void banksOfOneLogAloneAreNamed() throws FormatException {
    var head = TestLog.sha1Event(0, 3, Bytes.zeros(20), TestLog.specId(0x0b, 32));
    var data = Bytes.zeros(4);
    var alone =
        TestLog.empty().raw(head).raw(TestLog.event(7, 4, data, HashAlgorithm.SHA256.digest(data)));
    var difference = between(log(), alone);
    assertEquals(List.of(HashAlgorithm.SHA256), difference.banks());
    assertEquals(List.of(HashAlgorithm.SHA1), difference.onlyFirst());
    assertEquals(List.of(), difference.onlySecond());
    assertEquals(List.of(), difference.parted());
    assertFalse(difference.same());
  }
}
