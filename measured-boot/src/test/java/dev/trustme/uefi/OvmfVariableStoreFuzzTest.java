// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.List;

class OvmfVariableStoreFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    var image = Bytes.copyOf(input);
    try {
      var store = OvmfVariableStore.parse(image);
      assertEquals(image, store.encode());
      assertEquals(
          store.variables(), OvmfVariableStore.parse(store.with(List.of()).encode()).variables());
    } catch (FormatException e) {
      return;
    }
  }
}
