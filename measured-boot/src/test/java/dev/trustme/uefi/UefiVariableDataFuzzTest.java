// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

class UefiVariableDataFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    var bytes = Bytes.copyOf(input);
    try {
      assertEquals(bytes, UefiVariableData.parse(bytes).encode());
    } catch (FormatException e) {
      return;
    }
  }
}
