// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where signatures are written down besides the PKI folder. */
final class SigningLogFile {
  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "A signing log to write to, for a key that belongs to no PKI folder.")
  private @Nullable Path log;

  /** Whether {@code --log} names one. */
  boolean given() {
    return log != null;
  }

  /** Appends to the log of the folder, where there is one, and to {@code --log}. */
  void append(@Nullable Path pki, Instant at, List<SigningLog.Event> events)
      throws IOException, FormatException {
    if (events.isEmpty()) {
      return;
    }
    List<SigningLog> logs = new ArrayList<>();
    if (pki != null) {
      logs.add(PkiFolder.open(pki).log());
    }
    if (log != null) {
      logs.add(new SigningLog(log));
    }
    for (var each : logs) {
      var unused = each.append(at, events);
    }
  }
}
