// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import dev.trustme.files.SecretLine;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a passphrase or PIN comes from: a file, a descriptor, or a prompt on the terminal; never an
 * argument or an environment variable. Only the first line counts, without its line end.
 */
public final class Secrets {
  @Option(
      names = "--pass-file",
      paramLabel = "FILE",
      description = "Read the passphrase or PIN from this file's first line.")
  private @Nullable Path passFile;

  @Option(
      names = "--pass-fd",
      paramLabel = "N",
      description = "Read the passphrase or PIN from this open file descriptor.")
  private @Nullable Integer passFd;

  /** The passphrase that exists already, or a usage error where there is no way to ask. */
  public char[] passphrase(String purpose) throws IOException {
    return given().orElseGet(() -> prompt(purpose));
  }

  /** A new passphrase: asked for twice where it is prompted. */
  public char[] newPassphrase(String purpose) throws IOException {
    var given = given();
    if (given.isPresent()) {
      return given.get();
    }
    char[] first = prompt(purpose);
    char[] second = prompt(purpose + " again");
    boolean equal = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!equal) {
      throw CommandFailure.usage("the two passphrases differ");
    }
    return first;
  }

  /** The first line of a file that another option names. */
  public static char[] firstLineOf(Path file) throws IOException {
    return present(SecretLine.read(file), file.toString());
  }

  private Optional<char[]> given() throws IOException {
    if (passFile != null) {
      return Optional.of(firstLineOf(passFile));
    }
    if (passFd != null) {
      try (var in = new FileInputStream("/dev/fd/" + passFd)) {
        return Optional.of(present(SecretLine.read(in), "descriptor " + passFd));
      }
    }
    return Optional.empty();
  }

  private static char[] present(char[] secret, String source) {
    if (secret.length == 0) {
      throw CommandFailure.usage(source + ": holds no passphrase");
    }
    return secret;
  }

  private static char[] prompt(String purpose) {
    var console = Terminal.input() ? System.console() : null;
    if (console == null) {
      throw CommandFailure.usage(purpose + ": no terminal to ask on; use --pass-file or --pass-fd");
    }
    char[] secret = console.readPassword("%s (hidden): ", purpose);
    if (secret == null || secret.length == 0) {
      throw CommandFailure.usage("no passphrase given");
    }
    return secret;
  }
}
