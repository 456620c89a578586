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

  private static volatile @Nullable Pinned pinned;

  private record Pinned(Instant now, Instant content) {}

  /**
   * All commands of this process work as of this moment and give content this time stamp, until
   * this is closed: for a command that runs another again. A command's own {@code --at} still
   * counts.
   */
  public static Pinning pin(Instant now, Instant content) {
    pinned = new Pinned(now, content);
    return () -> pinned = null;
  }

  /** Ends the pinning. */
  @FunctionalInterface
  public interface Pinning extends AutoCloseable {
    @Override
    void close();
  }

  /** What is written down as the time: {@code --at}, else SOURCE_DATE_EPOCH, else the clock. */
  public Instant now() {
    var fixed = pinned;
    return given()
        .or(() -> Optional.ofNullable(fixed).map(Pinned::now))
        .or(Times::sourceDateEpoch)
        .orElseGet(Times::clock);
  }

  /**
   * When a key may be used: {@code --at}, else the clock. A build gives its files an older time
   * than its keys may have.
   */
  public Instant use() {
    return given().orElseGet(Times::clock);
  }

  private static Instant clock() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private Optional<Instant> given() {
    if (at == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(at).truncatedTo(ChronoUnit.SECONDS));
    } catch (DateTimeParseException e) {
      throw CommandFailure.usage("--at: expected a time like 2026-11-22T10:14:03Z, found " + at);
    }
  }

  /** The time stamp of files inside images: SOURCE_DATE_EPOCH, else 1970, so that none differs. */
  public static Instant ofContent() {
    var fixed = pinned;
    return fixed == null ? sourceDateEpoch().orElse(Instant.EPOCH) : fixed.content();
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
