// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

/** Keys that somebody names beside quotes: PEM, DER or a TPM's own structure. */
class QuoteKeyFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var key = QuoteKey.parse(bytes);
          assertEquals(key.scheme(), QuoteKey.parse(bytes).scheme());
          TpmSignatures.weakness(key.key()).ifPresent(why -> assertEquals(why.strip(), why));
        });
  }
}
