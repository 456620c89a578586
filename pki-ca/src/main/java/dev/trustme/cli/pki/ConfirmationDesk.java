// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Terminal;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Where participants say yes: on the terminal, by typing their name in the script, or in a file of
 * lines {@code STEP PARTICIPANT} that was agreed on before.
 */
final class ConfirmationDesk {
  private static final int MAX_BYTES = 64 * 1024;

  private final Optional<Set<String>> agreed;

  private ConfirmationDesk(Optional<Set<String>> agreed) {
    this.agreed = agreed;
  }

  static ConfirmationDesk terminal() {
    return new ConfirmationDesk(Optional.empty());
  }

  static ConfirmationDesk file(Path file) throws IOException, FormatException {
    Set<String> lines = new HashSet<>();
    for (String line : Inputs.read(file, MAX_BYTES).utf8().lines().map(String::strip).toList()) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        if (!line.matches("[1-9][0-9]{0,3} [a-z0-9-]+")) {
          throw new FormatException("confirmations", 0, "expected 'STEP PARTICIPANT' in each line")
              .in(file.toString());
        }
        lines.add(line);
      }
    }
    return new ConfirmationDesk(Optional.of(lines));
  }

  String confirm(int number, String id, String name, String words) throws GeneralSecurityException {
    if (agreed.isPresent()) {
      if (!agreed.get().contains(number + " " + id)) {
        throw new GeneralSecurityException(
            "step %d: %s did not confirm: %s".formatted(number, name, words));
      }
      return "file";
    }
    var console = Terminal.input() ? System.console() : null;
    if (console == null) {
      throw CommandFailure.usage(
          "no terminal for " + name + " to confirm on; use --confirmed FILE");
    }
    console.printf("  %s%n", words);
    String answer = console.readLine("  %s, type '%s' to confirm: ", name, id);
    if (answer == null || !answer.strip().equals(id)) {
      throw new GeneralSecurityException("step %d: %s did not confirm".formatted(number, name));
    }
    return "terminal";
  }
}
