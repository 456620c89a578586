// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class PcrSignatureFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var parsed = PcrSignature.parse(bytes);
          assertEquals(parsed, PcrSignature.parse(parsed.encode()));
        });
  }
}
