// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class ProgramFileFuzzTest {
  @FuzzTest
  void read(byte[] input) {
    HostileBytes.check(input, bytes -> ProgramFile.read(bytes).described());
  }
}
