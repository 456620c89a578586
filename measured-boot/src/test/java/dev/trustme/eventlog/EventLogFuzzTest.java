// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.testing.HostileBytes;
import java.util.List;
import java.util.Optional;

/** What is accepted is written back byte for byte, and can be decoded, checked and replayed. */
class EventLogFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(input, EventLogFuzzTest::tpm);
  }

  @FuzzTest
  void confidential(byte[] input) {
    HostileBytes.check(input, EventLogFuzzTest::confidential);
  }

  static void tpm(Bytes input) throws FormatException {
    var log = EventLog.parse(input);
    assertEquals(input, log.encode());
    for (TcgPcrEvent2 event : log.events()) {
      event.untrustedData();
      for (HashAlgorithm bank : HashAlgorithm.values()) {
        event.digestCheck(bank);
      }
    }
    assertEquals(List.of(), LogDifference.between(log, log, Optional.empty()).parted());
    var replayed = Replay.replay(log);
    assertEquals(log, replayed.log());
    for (HashAlgorithm bank : replayed.banks()) {
      for (int pcr = 0; pcr < TcgPcrEvent2.PCR_COUNT; pcr += 4) {
        new ReplayDiagnosis(replayed).explain(pcr, Digest.zero(bank), List.of());
      }
    }
  }

  private static void confidential(Bytes input) throws FormatException {
    var log = CcEventLog.parse(input);
    assertEquals(input, log.encode());
    assertEquals(log, CcReplay.replay(log).log());
  }
}
