// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

class EvidenceFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    try {
      var evidence = Evidence.parse(Bytes.copyOf(input));
      assertEquals(evidence, Evidence.parse(evidence.encode()));
    } catch (FormatException e) {
      return;
    }
  }
}
