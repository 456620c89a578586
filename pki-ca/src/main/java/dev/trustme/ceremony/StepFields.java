// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A step as it stands in the file: one key, which is its kind. */
record StepFields(
    Optional<Action.Note> note,
    Optional<Action.Confirm> confirm,
    Optional<Action.Check> check,
    Optional<Action.ReadAloud> readAloud,
    Optional<Action.Split> split,
    Optional<Action.Combine> combine,
    Optional<Action.Ask> ask,
    Optional<Action.Init> init,
    Optional<Action.Run> run,
    Optional<Action.WorkingCopy> workingCopy,
    Optional<Action.Wipe> wipe) {
  StepFields {
    CeremonyScript.require(
        Stream.of(
                    note,
                    confirm,
                    check,
                    readAloud,
                    split,
                    combine,
                    ask,
                    init,
                    run,
                    workingCopy,
                    wipe)
                .filter(Optional::isPresent)
                .count()
            == 1,
        "a step has one kind: " + String.join(", ", KINDS));
  }

  private static final List<String> KINDS =
      List.of(
          "note",
          "confirm",
          "check",
          "read-aloud",
          "split",
          "combine",
          "ask",
          "init",
          "run",
          "working-copy",
          "wipe");

  Action action() {
    return Stream.<Optional<? extends Action>>of(
            note, confirm, check, readAloud, split, combine, ask, init, run, workingCopy, wipe)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow();
  }
}
