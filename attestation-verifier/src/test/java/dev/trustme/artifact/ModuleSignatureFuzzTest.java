// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

class ModuleSignatureFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    var bytes = Bytes.copyOf(input);
    try {
      assertEquals(bytes, ModuleSignature.parse(bytes).encode());
    } catch (FormatException e) {
      // The only exception that may come out.
      return;
    }
  }
}
