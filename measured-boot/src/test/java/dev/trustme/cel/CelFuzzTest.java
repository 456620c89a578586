// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.testing.HostileBytes;

/** Whatever the bytes: records or a FormatException; accepted TLV is written back alike. */
class CelFuzzTest {
  @FuzzTest
  void tlv(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var records = CelTlvRecord.parse(bytes);
          var parts = records.stream().map(CelTlvRecord::encode).toArray(Bytes[]::new);
          assertEquals(bytes, Bytes.concat(parts));
          for (CelTlvRecord record : records) {
            look(record.event());
          }
        });
  }

  @FuzzTest
  void json(byte[] input) {
    HostileBytes.check(input, bytes -> all(CelLog.parse(bytes)));
  }

  private static void all(CelLog log) throws FormatException {
    log.events().forEach(CelFuzzTest::look);
    for (HashAlgorithm bank : CelReplay.banks(log)) {
      CelReplay.replay(log, bank);
    }
  }

  private static void look(TpmsCelEvent event) {
    for (HashAlgorithm bank : HashAlgorithm.values()) {
      assertEquals(event.digest(bank).isPresent(), event.check(bank).isPresent());
    }
  }
}
