// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/** An image that is accepted can be used without further checks. */
class PeImageFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    try {
      var image = PeImage.parse(Bytes.copyOf(input));
      for (PeSection section : image.sections()) {
        assertEquals(section.rawSize(), image.raw(section).remaining());
      }
      assertEquals(
          image.authenticodeDigest(HashAlgorithm.SHA256),
          image.authenticodeDigest(HashAlgorithm.SHA256));
    } catch (FormatException e) {
      return;
    }
  }
}
