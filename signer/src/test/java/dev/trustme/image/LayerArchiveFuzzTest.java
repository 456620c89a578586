// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

class LayerArchiveFuzzTest {
  @FuzzTest
  void read(byte[] input) throws IOException {
    for (var rules : ArchiveRules.values()) {
      read(input, rules);
    }
  }

  private static void read(byte[] input, ArchiveRules rules) throws IOException {
    try {
      new LayerArchive(new RootTree(rules), OutputStream.nullOutputStream(), rules)
          .read(new ByteArrayInputStream(input));
    } catch (FormatException e) {
      // The only exception that may come out.
      return;
    }
  }
}
