// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.security.GeneralSecurityException;

class KeyFileFuzzTest {
  @FuzzTest
  void parse(byte[] input) throws IOException {
    try (var passphrase = Passphrase.of("right".toCharArray());
        var key = KeyFile.parse(Bytes.copyOf(input), passphrase, "key.pem")) {
      key.sign(Bytes.utf8("message"));
    } catch (FormatException | GeneralSecurityException e) {
      return; // Malformed, or a wrong passphrase.
    }
  }
}
