// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class EnrolmentRequestFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var request = EnrolmentRequest.parse(bytes);
          assertEquals(request, EnrolmentRequest.parse(request.encode()));
          assertEquals(request.binding(), EnrolmentRequest.parse(request.encode()).binding());
        });
  }
}
