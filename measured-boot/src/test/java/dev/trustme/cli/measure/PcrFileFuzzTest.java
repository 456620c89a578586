// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

/** PCR values of any origin. */
class PcrFileFuzzTest {
  @FuzzTest
  void serialized(byte[] input) {
    HostileBytes.check(input, Tpm2PcrFile::parse);
  }

  @FuzzTest
  void text(byte[] input) {
    HostileBytes.check(input, content -> PcrFile.parse(content.utf8()));
  }
}
