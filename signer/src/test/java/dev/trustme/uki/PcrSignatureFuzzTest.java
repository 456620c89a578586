// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class PcrSignatureFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input, bytes -> PcrSignature.parse(PcrSignature.parse(bytes).encode()).banks().size());
  }
}
