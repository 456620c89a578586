// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/** What is accepted is written back byte for byte, and can be decoded, checked and replayed. */
class EventLogFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    var bytes = Bytes.copyOf(input);
    try {
      var log = EventLog.parse(bytes);
      assertEquals(bytes, log.encode());
      for (TcgPcrEvent2 event : log.events()) {
        event.untrustedData();
        for (HashAlgorithm bank : HashAlgorithm.values()) {
          event.digestCheck(bank);
        }
      }
      assertEquals(log, Replay.replay(log).log());
    } catch (FormatException e) {
      return;
    }
  }
}
