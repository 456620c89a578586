// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;

class AuthenticodeSignatureFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var signature = AuthenticodeSignature.parse(bytes);
          signature.stated();
          signature.signerName();
          signature.signer();
          signature.check(PeImage.parse(TestPe.small()));
        });
  }
}
