// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The log that crun and runc write with {@code --log-format json}: one object per line. */
final class EngineLog {
  private static final long MAX = 16L << 20;

  private EngineLog() {}

  static Optional<String> firstError(Path log) throws IOException {
    if (!Files.exists(log)) {
      return Optional.empty();
    }
    for (String line : Inputs.read(log, MAX).utf8().lines().toList()) {
      var error = error(line);
      if (error.isPresent()) {
        return error;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> error(String line) {
    try {
      var entry = Json.tree(Bytes.utf8(line), "engine log");
      return entry.path("level").asText().equals("error")
          ? Optional.of(entry.path("msg").asText())
          : Optional.empty();
    } catch (FormatException e) {
      return line.isBlank() ? Optional.empty() : Optional.of(line);
    }
  }
}
