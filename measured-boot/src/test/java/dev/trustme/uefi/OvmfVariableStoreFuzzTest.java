// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.testing.HostileBytes;
import dev.trustme.uefi.OvmfVariableStore.Variable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

class OvmfVariableStoreFuzzTest {
  private static final Variable ADDED =
      new Variable("a", EfiGuid.SHIM_LOCK, 3, EfiTime.NONE, Bytes.utf8("b"));

  private static Set<OvmfVariableStore.Key> keys(OvmfVariableStore store) {
    return store.variables().stream().map(Variable::key).collect(Collectors.toSet());
  }

  private static void onlyAdded(OvmfVariableStore edited) {
    assertEquals(List.of(ADDED), edited.variables());
  }

  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        image -> {
          var store = OvmfVariableStore.parse(image);
          assertEquals(image, store.encode());
          var same = OvmfVariableStore.parse(store.with(List.of()).encode());
          assertEquals(store.variables(), same.variables());
          store.edit(List.of(ADDED), keys(store)).ifPresent(OvmfVariableStoreFuzzTest::onlyAdded);
        });
  }
}
