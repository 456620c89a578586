// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;
import dev.trustme.uefi.SignatureVariable;

class AuthenticatedVariableFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input, file -> assertEquals(file, AuthenticatedVariable.parse(file).encode()));
  }

  /** Nobody's key is an authority, so nothing may be accepted. */
  @FuzzTest
  void verify(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var file = AuthenticatedVariable.parse(bytes);
          var state = UpdateVerifier.State.SETUP_MODE;
          for (boolean append : new boolean[] {false, true}) {
            assertFalse(
                UpdateVerifier.verify(file, SignatureVariable.db, append, state).accepted());
          }
        });
  }
}
