// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

/** Whatever the bytes: a response or a FormatException. */
class GyroidosFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var response = GyroidosResponse.parse(bytes);
          assertTrue(response.pcrs().keySet().stream().allMatch(pcr -> pcr < 24));
        });
  }
}
