// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.testing.HostileBytes;

/** An image that is accepted can be used without further checks. */
class PeImageFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var image = PeImage.parse(bytes);
          for (PeSection section : image.sections()) {
            assertEquals(section.rawSize(), image.raw(section).remaining());
          }
          assertEquals(
              image.authenticodeDigest(HashAlgorithm.SHA256),
              image.authenticodeDigest(HashAlgorithm.SHA256));
        });
  }
}
