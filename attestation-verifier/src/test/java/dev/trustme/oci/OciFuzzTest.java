// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class OciFuzzTest {
  @FuzzTest
  void index(byte[] data) {
    HostileBytes.check(
        data,
        bytes -> {
          var index = OciIndex.parse(bytes);
          assertEquals(index, OciIndex.parse(index.encode()));
        });
  }

  @FuzzTest
  void manifest(byte[] data) {
    HostileBytes.check(
        data,
        bytes -> {
          var manifest = OciManifest.parse(bytes);
          assertEquals(manifest, OciManifest.parse(manifest.encode()));
        });
  }
}
