// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;
import java.io.IOException;
import java.security.GeneralSecurityException;

class KeyContainersFuzzTest {
  @FuzzTest
  void pkcs12(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          try (var passphrase = Passphrase.of("right".toCharArray())) {
            Pkcs12File.parse(bytes, passphrase, "file.p12").forEach(entry -> entry.key().close());
          } catch (GeneralSecurityException e) {
            return; // Another passphrase, or a changed file.
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @FuzzTest
  void tss2(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var key = Tss2PrivateKey.parse(bytes.toArray());
          assertEquals(key, Tss2PrivateKey.parse(key.encode().toArray()));
        });
  }

  @FuzzTest
  void tss2Pem(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var unused = Tpms.parse(bytes).publicArea();
        });
  }
}
