// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The moment a command works at: {@code --at}, else SOURCE_DATE_EPOCH, else now; whole seconds. */
public final class Times {
  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Work as of this time (RFC 3339) instead of now.")
  private @Nullable String at;

  public Instant now() {
    if (at != null) {
      try {
        return Instant.parse(at).truncatedTo(ChronoUnit.SECONDS);
      } catch (DateTimeParseException e) {
        throw CommandFailure.usage("--at: expected a time like 2026-11-22T10:14:03Z, found " + at);
      }
    }
    return sourceDateEpoch().orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  /** The time stamp of files inside images: SOURCE_DATE_EPOCH, else 1970, so that none differs. */
  public static Instant ofContent() {
    return sourceDateEpoch().orElse(Instant.EPOCH);
  }

  private static Optional<Instant> sourceDateEpoch() {
    String epoch = System.getenv("SOURCE_DATE_EPOCH");
    if (epoch == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(epoch)));
    } catch (NumberFormatException e) {
      throw CommandFailure.usage("SOURCE_DATE_EPOCH: expected seconds since 1970, found " + epoch);
    }
  }
}
