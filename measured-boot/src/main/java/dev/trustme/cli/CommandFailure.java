// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

/** A command's own refusal with its exit code: the message is one line that says what to do. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  public CommandFailure(ExitCode exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  public static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message);
  }

  public static CommandFailure rejected(String message) {
    return new CommandFailure(ExitCode.REJECTED, message);
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
