// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

/** What is accepted is written back byte for byte and has a text. */
class UefiGptDataFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var parsed = UefiGptData.parse(bytes);
          assertEquals(bytes, parsed.encode());
          parsed.partitions().forEach(GptPartition::partitionName);
        });
  }
}
