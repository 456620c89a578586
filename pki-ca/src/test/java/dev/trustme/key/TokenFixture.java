// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.testing.SoftToken;
import dev.trustme.trust.SignatureScheme;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A SoftHSM2 with the token "one". */
abstract class TokenFixture {
  static final Bytes MESSAGE = Bytes.utf8("what is signed");

  @TempDir Path dir;
  SoftToken tokens;

  @BeforeEach
  void tokens() throws Exception {
    tokens = SoftToken.in(dir).token("one");
  }

  static Passphrase pin() {
    return Passphrase.of(SoftToken.PIN.toCharArray());
  }

  static SigningKey open(String path) throws Exception {
    try (var pin = pin()) {
      return Keys.open(TokenFixture.reference(path), pin);
    }
  }

  /** A reference to a token's key. */
  static KeyReference reference(String path) throws Exception {
    return KeyReference.parse("pkcs11:" + path + "?module-path=" + SoftToken.MODULE);
  }

  static void assertSigns(SigningKey key) {
    Bytes signature = key.sign(MESSAGE);
    assertTrue(SignatureScheme.verify(key.publicKey(), key.algorithm(), MESSAGE, signature));
  }
}
