// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.testing.HostileBytes;

/** Guest configurations, fs-verity descriptors, blacklists and detached signatures. */
class ArtifactFuzzTest {
  @FuzzTest
  void guest(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var printed = GuestConfiguration.parse(bytes).print();
          assertEquals(printed, GuestConfiguration.parse(printed).print());
        });
  }

  @FuzzTest
  void descriptor(byte[] input) {
    HostileBytes.check(
        input, bytes -> assertEquals(bytes, FsVerityDescriptor.parse(bytes).encode()));
  }

  @FuzzTest
  void blacklist(byte[] input) {
    HostileBytes.check(input, KernelKeyring.BlacklistedHash::parseAll);
  }

  @FuzzTest
  void detached(byte[] input) {
    HostileBytes.check(
        input, bytes -> DetachedSignature.verify(bytes, Bytes.utf8("abc"), java.util.List.of()));
  }
}
