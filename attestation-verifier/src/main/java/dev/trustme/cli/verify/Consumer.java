// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Who will use a signed file, as {@code --as} names it. Options that this consumer alone has are
 * fields of its class, a mixin of the command.
 */
interface Consumer {
  /** What it does with a file that it takes: {@code would be loaded by this kernel}. */
  String takes();

  /** What becomes of any other. */
  String refuses();

  /**
   * Reads what it trusts, once for all files. Options that are missing, or are for another
   * consumer, are a usage error.
   */
  Judge judge(ArtifactTrust trust) throws IOException, FormatException;

  /** Decides about one file, or a folder where that is the form. Several threads ask at once. */
  interface Judge {
    Verdict<?> judge(Path file) throws IOException, FormatException;
  }
}
