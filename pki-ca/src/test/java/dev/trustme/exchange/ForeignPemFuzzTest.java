// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class ForeignPemFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var pem = ForeignPem.parse(bytes);
          if (pem.certificates().isEmpty()) {
            pem.key();
          }
        });
  }
}
