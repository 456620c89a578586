// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class RevocationsFuzzTest {
  @FuzzTest
  void parse(byte[] json) {
    HostileBytes.check(
        json,
        bytes -> {
          var revocations = Revocations.parse(bytes);
          assertEquals(revocations, Revocations.parse(revocations.encode()));
        });
  }
}
