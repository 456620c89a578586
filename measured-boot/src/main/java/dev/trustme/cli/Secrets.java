// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import dev.trustme.files.SecretLine;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a passphrase or PIN comes from: a file, a descriptor, custodians' shares, or a prompt on
 * the terminal; never an argument or an environment variable. Only the first line counts, without
 * its line end.
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

  @Option(
      names = "--shares",
      paramLabel = "FILE",
      split = ",",
      description = "Combine the passphrase from custodians' shares; separated by commas.")
  private List<Path> shares = new ArrayList<>();

  @Option(
      names = "--pin-file",
      paramLabel = "FILE",
      description =
          "Read the PIN of tokens from this file's first line, where a passphrase differs.")
  private @Nullable Path pinFile;

  /** Who combines shares; found where a tool brings one. */
  @FunctionalInterface
  public interface Shares {
    /** A fresh array, which the caller wipes; refuses what does not fit with an exit code. */
    char[] combine(List<Path> files) throws IOException;
  }

  /** Who answers in the place of a prompt. */
  public interface Answer {
    /** A fresh array, which the caller wipes. */
    char[] passphrase(String purpose) throws IOException;

    /** The PIN of a token; a fresh array, which the caller wipes. */
    char[] pin(String purpose) throws IOException;
  }

  private static volatile @Nullable Answer answer;

  /**
   * All commands of this process take their passphrases from here, until this is closed: for a
   * command that runs others.
   */
  public static Answering answerWith(Answer instead) {
    answer = instead;
    return () -> answer = null;
  }

  /** Ends the answering. */
  @FunctionalInterface
  public interface Answering extends AutoCloseable {
    @Override
    void close();
  }

  /** The passphrase that exists already, or a usage error where there is no way to ask. */
  public char[] passphrase(String purpose) throws IOException {
    var given = given(purpose);
    return given.isPresent() ? given.get() : prompt(purpose);
  }

  /** A token's PIN, where it is another secret than the passphrase beside it. */
  public char[] pin(String purpose) throws IOException {
    var instead = answer;
    return instead != null ? instead.pin(purpose) : ownPin(purpose);
  }

  /** The same from this command's own options or the terminal, whoever answers for commands. */
  public char[] ownPin(String purpose) throws IOException {
    return pinFile == null ? prompt(purpose) : firstLineOf(pinFile);
  }

  /** A new passphrase: asked for twice where it is prompted. */
  public char[] newPassphrase(String purpose) throws IOException {
    var given = given(purpose);
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

  private Optional<char[]> given(String purpose) throws IOException {
    var instead = answer;
    if (instead != null) {
      return Optional.of(instead.passphrase(purpose));
    }
    if (!shares.isEmpty()) {
      return Optional.of(combined());
    }
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

  private char[] combined() throws IOException {
    if (passFile != null || passFd != null) {
      throw CommandFailure.usage("--shares gives the passphrase: leave --pass-file, --pass-fd out");
    }
    for (var each : ServiceLoader.load(Shares.class)) {
      return each.combine(shares);
    }
    throw CommandFailure.usage("--shares: this tool takes no shares; use 'trustme pki' or 'sign'");
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
