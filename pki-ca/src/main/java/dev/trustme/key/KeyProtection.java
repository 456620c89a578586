// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import java.security.SecureRandom;

/** How key files are kept from a thief of the disk. */
public sealed interface KeyProtection {
  /** Not at all: only where somebody asked for exactly that. */
  record Plaintext() implements KeyProtection {}

  /** PBES2 under a passphrase. */
  final class Encrypted implements KeyProtection {
    private static final int SALT_BYTES = 16;

    private final Passphrase passphrase;
    private final Bytes salt;

    Encrypted(Passphrase passphrase) {
      this.passphrase = passphrase;
      var random = new byte[SALT_BYTES];
      new SecureRandom().nextBytes(random);
      this.salt = Bytes.copyOf(random);
    }

    Passphrase passphrase() {
      return passphrase;
    }

    Bytes salt() {
      return salt;
    }
  }

  static KeyProtection plaintext() {
    return new Plaintext();
  }

  /**
   * Under the passphrase with one fresh salt: files written through the same protection hold the
   * same secret to guess, so the slow derivation is done once for all, and each file has its own
   * random initialization vector.
   */
  static KeyProtection encrypted(Passphrase passphrase) {
    return new Encrypted(passphrase);
  }
}
