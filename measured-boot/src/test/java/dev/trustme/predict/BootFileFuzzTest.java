// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.testing.HostileBytes;
import dev.trustme.uefi.PeImage;

class BootFileFuzzTest {
  @FuzzTest
  void parse(byte[] data) {
    HostileBytes.check(data, BootFile::parse);
  }

  @FuzzTest
  void entry(byte[] data) {
    HostileBytes.check(data, LoaderEntry::parse);
  }

  @FuzzTest
  void shim(byte[] data) {
    HostileBytes.check(data, bytes -> ShimImage.of(PeImage.parse(bytes)).sbatLevel(Bytes.empty()));
  }
}
