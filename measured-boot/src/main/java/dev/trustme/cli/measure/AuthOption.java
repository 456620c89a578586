// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Secrets;
import dev.trustme.tss.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The authorization value of the object that a command is about. */
final class AuthOption {
  private static final int MAX_BYTES = 32;

  @Option(
      names = "--auth",
      description = "The object has an authorization value: asked for, or from --pass-file.")
  private boolean auth;

  @Mixin private final Secrets secrets = new Secrets();

  boolean given() {
    return auth;
  }

  /** The value of something that exists; empty without {@code --auth}. */
  Secret existing(String purpose) throws IOException {
    return auth ? secret(secrets.passphrase(purpose)) : Secret.none();
  }

  /** The value of something new: asked for twice. */
  Secret fresh(String purpose) throws IOException {
    return auth ? secret(secrets.newPassphrase(purpose)) : Secret.none();
  }

  private static Secret secret(char[] text) {
    try {
      if (new String(text).getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
        throw CommandFailure.usage("an authorization value has at most 32 bytes");
      }
      return Secret.of(text);
    } finally {
      Arrays.fill(text, '\0');
    }
  }
}
