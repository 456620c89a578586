// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

class ContainerManifestFuzzTest {
  @FuzzTest
  void parse(byte[] data) {
    try {
      var bytes = Bytes.copyOf(data);
      assertEquals(bytes, ContainerManifest.parse(bytes).encode());
    } catch (FormatException expected) {
      // Malformed input is what fuzzing mostly makes.
    }
  }
}
