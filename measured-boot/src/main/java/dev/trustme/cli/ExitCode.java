// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import java.util.Collection;
import java.util.List;

/** What a command says to its caller. Every non-zero code is a rejection to a careful caller. */
public enum ExitCode {
  ACCEPTED(0),
  REJECTED(1),
  USAGE(2),
  MALFORMED(3),
  IO(4),
  BUG(70),
  INTERRUPTED(130);

  private static final List<ExitCode> WORST_FIRST =
      List.of(INTERRUPTED, BUG, IO, MALFORMED, USAGE, REJECTED, ACCEPTED);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** What a process or command that ended with this number said; what no tool says is a bug. */
  public static ExitCode of(int code) {
    return WORST_FIRST.stream().filter(exit -> exit.code == code).findFirst().orElse(BUG);
  }

  /** The code of a run over many inputs: 70 before 4 before 3 before 1. */
  public static ExitCode worst(Collection<ExitCode> codes) {
    return WORST_FIRST.stream().filter(codes::contains).findFirst().orElse(ACCEPTED);
  }
}
