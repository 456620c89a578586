// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

class ContainerLogFuzzTest {
  @FuzzTest
  void parse(byte[] data) {
    try {
      var log = ContainerLog.parse(Bytes.copyOf(data));
      assertEquals(log, ContainerLog.parse(log.encode()));
    } catch (FormatException expected) {
      // Malformed input is what fuzzing mostly makes.
    }
  }
}
