// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Failures;
import dev.trustme.cli.Output;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What came of one file.
 *
 * @param error why a file was malformed or unread
 */
record ArtifactVerdict(String file, Outcome verdict, Optional<String> error, List<Check> checks) {
  /** As JSON names them. */
  enum Outcome {
    accepted,
    rejected,
    malformed,
    unread
  }

  /** Judges one of many files: what is wrong with it does not stop the others. */
  static ArtifactVerdict of(Consumer.Judge judge, Path file) {
    try {
      return of(file, judge.judge(file));
    } catch (FormatException e) {
      return failed(file, Outcome.malformed, e);
    } catch (IOException e) {
      return failed(file, Outcome.unread, e);
    }
  }

  private static ArtifactVerdict failed(Path file, Outcome outcome, Throwable why) {
    return new ArtifactVerdict(
        file.toString(), outcome, Optional.of(Failures.words(why)), List.of());
  }

  static ArtifactVerdict of(Path file, Verdict<?> verdict) {
    return new ArtifactVerdict(
        file.toString(),
        verdict.accepted() ? Outcome.accepted : Outcome.rejected,
        Optional.empty(),
        verdict.checks());
  }

  ExitCode exitCode() {
    return switch (verdict) {
      case accepted -> ExitCode.ACCEPTED;
      case rejected -> ExitCode.REJECTED;
      case malformed -> ExitCode.MALFORMED;
      case unread -> ExitCode.IO;
    };
  }

  /** For people; an accepted file's checks only where they are asked for. */
  String text(Consumer consumer, Output output, boolean all) {
    boolean accepted = verdict == Outcome.accepted;
    var text = new StringBuilder(file).append(' ');
    text.append(accepted ? output.good(consumer.takes()) : output.bad(consumer.refuses()));
    error.ifPresent(words -> text.append("\n  ").append(words));
    for (var check : checks) {
      if (all || !accepted || check.warns()) {
        text.append(line(check));
      }
    }
    return text.append('\n').toString();
  }

  static String line(Check check) {
    String what =
        switch (check.result()) {
          case FAIL ->
              "\n  %-18s expected %s\n  %-18s found %s  %s"
                  .formatted(check.id(), check.expected(), "", check.seen(), check.where());
          case WARN ->
              "\n  %-18s warning: %s; it should be %s"
                  .formatted(check.id(), check.seen(), check.expected());
          case PASS, NOT_APPLICABLE -> "\n  %-18s %s".formatted(check.id(), check.seen());
        };
    return check.advice().isEmpty() ? what : what + "\n  %-18s %s".formatted("", check.advice());
  }
}
