// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are not what they should be: which structure, at which absolute offset in the input
 * (bytes; for text formats the character), and what is wrong. Maps to exit code 3.
 */
public final class FormatException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String structure;
  private final long offset;
  private final String problem;
  private final @Nullable String source;

  public FormatException(String structure, long offset, String problem) {
    this(structure, offset, problem, null);
  }

  private FormatException(String structure, long offset, String problem, @Nullable String source) {
    super(
        (source == null ? "" : source + ": ")
            + "%s at offset %d (0x%x): %s".formatted(structure, offset, offset, problem));
    this.structure = structure;
    this.offset = offset;
    this.problem = problem;
    this.source = source;
  }

  /** The same error, naming the file or input it was found in; an inner name is kept. */
  public FormatException in(String name) {
    if (source != null) {
      return this;
    }
    var named = new FormatException(structure, offset, problem, name);
    named.setStackTrace(getStackTrace());
    return named;
  }

  public String structure() {
    return structure;
  }

  public long offset() {
    return offset;
  }

  public String problem() {
    return problem;
  }

  public Optional<String> source() {
    return Optional.ofNullable(source);
  }
}
