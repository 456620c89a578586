// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class SignatureListFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes ->
            assertEquals(bytes, SignatureList.encodeDatabase(SignatureList.parseDatabase(bytes))));
  }
}
