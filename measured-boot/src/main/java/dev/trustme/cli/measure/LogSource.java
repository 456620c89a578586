// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventLog;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

  static boolean isJson(Bytes content) {
    return content.startsWith(Bytes.utf8("{"));
  }

  EventLog read() throws IOException, FormatException {
    if (file == null && !Files.exists(THIS_MACHINE)) {
      throw new NoSuchFileException(
          THIS_MACHINE.toString(), null, "this machine has no TPM event log; name a file");
    }
    Bytes content = Inputs.read(path(), MAX_BYTES);
    try {
      return EventLog.parse(isJson(content) ? Evidence.parse(content).logs().tcg() : content);
    } catch (FormatException e) {
      throw e.in(path().toString());
    }
  }
}
