// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.LogChain;
import dev.trustme.issue.LogLines;
import dev.trustme.testing.HostileBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class AuditFuzzTest {
  /** Whatever the log holds: every whole line counts once, and damage is a finding. */
  @FuzzTest
  void lines(byte[] log) {
    HostileBytes.check(
        log,
        content -> {
          var chain = new LogChain("log");
          try (var lines = LogLines.of(new ByteArrayInputStream(content.toArray()), "log")) {
            while (lines.next()) {
              chain.add(lines.line(), lines.entry());
            }
            assertEquals(lines.number(), chain.head().entries());
            assertEquals(content.size(), lines.offset() + lines.torn());
            chain.checks();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @FuzzTest
  void checkpoint(byte[] json) {
    HostileBytes.check(json, AuditFuzzTest::checkpoint);
  }

  private static void checkpoint(Bytes json) throws FormatException {
    var checkpoint = Checkpoint.parse(json);
    assertEquals(checkpoint, Checkpoint.parse(checkpoint.encode()));
  }
}
