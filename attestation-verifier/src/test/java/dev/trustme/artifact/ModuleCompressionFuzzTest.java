// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

class ModuleCompressionFuzzTest {
  @FuzzTest
  void decompress(byte[] input) {
    for (var form : ModuleCompression.values()) {
      tryForm(form, Bytes.copyOf(input));
    }
  }

  private static void tryForm(ModuleCompression form, Bytes file) {
    try {
      form.compress(form.decompress(file));
    } catch (FormatException e) {
      // The only exception that may come out.
      return;
    }
  }
}
