// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;

/** The option {@code --hash}: a SHA-2 digest. */
final class SignatureHash {
  private SignatureHash() {}

  /** Another name is a usage error. */
  static HashAlgorithm of(String name) {
    return switch (name) {
      case "sha256" -> HashAlgorithm.SHA256;
      case "sha384" -> HashAlgorithm.SHA384;
      case "sha512" -> HashAlgorithm.SHA512;
      default -> throw CommandFailure.usage("--hash: sha256, sha384 or sha512, not " + name);
    };
  }
}
