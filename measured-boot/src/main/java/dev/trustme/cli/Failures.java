// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * What an exception means to the caller of a command: the one place where exceptions become exit
 * codes and words. Commands over many files use it for each of them.
 */
public final class Failures {
  private Failures() {}

  public static ExitCode exitCode(Throwable exception) {
    return switch (exception) {
      case CommandFailure failure -> failure.exitCode();
      case FormatException malformed -> ExitCode.MALFORMED;
      case FileAlreadyExistsException existing -> ExitCode.USAGE;
      case IOException io -> ExitCode.IO;
      case UncheckedIOException io -> ExitCode.IO;
      case InterruptedException interrupted -> ExitCode.INTERRUPTED;
      case GeneralSecurityException refused -> ExitCode.REJECTED;
      default -> ExitCode.BUG;
    };
  }

  /** One line for people. */
  public static String words(Throwable exception) {
    return oneLine(inner(exception));
  }

  private static String inner(Throwable exception) {
    return switch (exception) {
      case NoSuchFileException e when e.getReason() == null -> e.getFile() + ": no such file";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
      case UncheckedIOException e -> inner(requireNonNull(e.getCause()));
      default -> exception.getMessage() == null ? exception.toString() : exception.getMessage();
    };
  }

  static String oneLine(@Nullable String text) {
    return String.valueOf(text).replaceAll("\\s*\\R\\s*", " ");
  }
}
