// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class SbatRevocationsFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(input, SbatRevocations::parse);
  }
}
