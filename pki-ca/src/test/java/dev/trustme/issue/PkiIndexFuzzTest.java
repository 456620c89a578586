// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;

class PkiIndexFuzzTest {
  @FuzzTest
  void parse(byte[] json) {
    try {
      var index = PkiIndex.parse(Bytes.copyOf(json));
      assertEquals(index, PkiIndex.parse(Json.writePretty(index)));
    } catch (FormatException e) {
      return;
    }
  }
}
