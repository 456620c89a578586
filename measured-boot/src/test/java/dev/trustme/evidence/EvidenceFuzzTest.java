// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class EvidenceFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var evidence = Evidence.parse(bytes);
          assertEquals(evidence, Evidence.parse(evidence.encode()));
        });
  }
}
