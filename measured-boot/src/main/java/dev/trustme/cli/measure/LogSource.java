// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventLog;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** The log that a command looks at: a file, an evidence file that holds one, or this machine's. */
final class LogSource {
  private static final Path THIS_MACHINE =
      Path.of("/sys/kernel/security/tpm0/binary_bios_measurements");
  private static final long MAX_BYTES = 64 << 20;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = {
        "An event log as Linux exports it (binary_bios_measurements), or an evidence.json that holds"
            + " one. Without it, the log of this machine."
      })
  private @Nullable Path file;

  Path path() {
    return file == null ? THIS_MACHINE : file;
  }

  EventLog read() throws IOException, FormatException {
    Bytes content = Inputs.read(path(), MAX_BYTES);
    try {
      boolean json = !content.isEmpty() && content.at(0) == '{';
      return EventLog.parse(json ? fromEvidence(content) : content);
    } catch (FormatException e) {
      throw e.in(path().toString());
    }
  }

  private static Bytes fromEvidence(Bytes document) throws FormatException {
    JsonNode log = Json.tree(document, "evidence").at("/logs/tcg");
    if (!log.isTextual()) {
      throw new FormatException("evidence", 0, "holds no TCG event log (logs, tcg)");
    }
    try {
      return Bytes.fromBase64(log.textValue());
    } catch (IllegalArgumentException e) {
      throw new FormatException("evidence", 0, "logs.tcg is not base64");
    }
  }
}
