// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;

/** Input files at the edge of a command: what is malformed in them names the file. */
final class NamedInput {
  private NamedInput() {}

  /** Bytes to a value. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(Bytes content) throws FormatException;
  }

  static <T> T read(Path file, Parser<T> parser) throws IOException, FormatException {
    return parse(file.toString(), Inputs.read(file), parser);
  }

  static <T> T parse(String name, Bytes content, Parser<T> parser) throws FormatException {
    try {
      return parser.parse(content);
    } catch (FormatException e) {
      throw e.in(name);
    }
  }
}
