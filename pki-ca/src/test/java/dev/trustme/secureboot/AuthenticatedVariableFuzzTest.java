// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

class AuthenticatedVariableFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    var file = Bytes.copyOf(input);
    try {
      assertEquals(file, AuthenticatedVariable.parse(file).encode());
    } catch (FormatException e) {
      return;
    }
  }
}
