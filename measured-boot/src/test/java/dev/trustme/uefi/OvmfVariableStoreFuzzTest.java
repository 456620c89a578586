// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;
import java.util.List;

class OvmfVariableStoreFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        image -> {
          var store = OvmfVariableStore.parse(image);
          assertEquals(image, store.encode());
          var same = OvmfVariableStore.parse(store.with(List.of()).encode());
          assertEquals(store.variables(), same.variables());
        });
  }
}
