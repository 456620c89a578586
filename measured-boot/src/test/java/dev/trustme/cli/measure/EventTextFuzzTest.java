// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.CheckedEvent;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.testing.HostileBytes;

/** Whatever a log holds, it is shown, in one line each, without control characters. */
class EventTextFuzzTest {
  @FuzzTest
  void show(byte[] input) {
    HostileBytes.check(input, EventTextFuzzTest::show);
  }

  private static void show(Bytes bytes) throws FormatException {
    var log = EventLog.parse(bytes);
    for (TcgPcrEvent2 event : log.events()) {
      CheckedEvent checked = event.checked();
      requireHarmless(EventText.of(checked));
      EventDetails.of(checked, false).forEach(EventTextFuzzTest::requireHarmless);
      EventDetails.of(checked, true).forEach(EventTextFuzzTest::requireHarmless);
      LogCommand.Event.of(checked);
    }
    LogYaml.of(log).lines().forEach(EventTextFuzzTest::requireHarmless);
  }

  private static void requireHarmless(String line) {
    if (!line.codePoints().allMatch(Untrusted::isShown)) {
      throw new AssertionError(line);
    }
  }
}
