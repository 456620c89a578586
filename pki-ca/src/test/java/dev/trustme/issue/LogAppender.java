// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A process of its own that appends: {@code LogAppender LOG NAME COUNT}. */
public final class LogAppender {
  private LogAppender() {}

  public static void main(String... args) throws IOException, FormatException {
    var log = new SigningLog(Path.of(args[0]));
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      log.append(TestPki.AT, List.of(event(args[1] + " " + i)));
    }
  }

  /** A signature by nobody's key. */
  static SigningLog.Event event(String subject) {
    return new SigningLog.Event(
        "sign",
        subject,
        HashAlgorithm.SHA256.digest(Bytes.empty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
