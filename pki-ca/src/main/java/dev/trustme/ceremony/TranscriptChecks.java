// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.Transcript.Confirmation;
import dev.trustme.ceremony.Transcript.Done;
import dev.trustme.ceremony.Transcript.FileDigest;
import dev.trustme.ceremony.Transcript.Mode;
import dev.trustme.trust.Check;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A signed transcript held against the script in it. */
final class TranscriptChecks {
  private final Transcript transcript;
  private final Mode mode;
  private final List<Check> checks = new ArrayList<>();

  TranscriptChecks(Transcript transcript, Mode mode) {
    this.transcript = transcript;
    this.mode = mode;
  }

  List<Check> all() {
    if (transcript.mode() != mode) {
      fail("transcript-mode", mode.name(), transcript.mode().name(), "its text");
    }
    CeremonyScript script;
    try {
      script = CeremonyScript.parse(Bytes.utf8(transcript.script()));
    } catch (FormatException e) {
      fail("transcript-script", "a ceremony script", String.valueOf(e.getMessage()), "script");
      return checks;
    }
    ScriptLint.findings(script).stream()
        .filter(ScriptLint.Finding::error)
        .forEach(f -> fail("transcript-script", "a possible order", f.problem(), "script"));
    complete(script);
    order(script);
    times();
    confirmed(script);
    inputs(script);
    files();
    if (checks.isEmpty()) {
      checks.add(
          Check.pass("transcript-steps", transcript.steps().size() + " steps as the script says"));
    }
    return checks;
  }

  private void fail(String id, String expected, String seen, String where) {
    checks.add(Check.fail(id, expected, seen).at(where));
  }

  private void complete(CeremonyScript script) {
    if (transcript.steps().size() != script.steps().size()) {
      fail(
          "transcript-complete",
          script.steps().size() + " steps",
          transcript.steps().size() + " steps",
          "steps");
    }
  }

  private void order(CeremonyScript script) {
    int count = Math.min(script.steps().size(), transcript.steps().size());
    for (int i = 0; i < count; i++) {
      var done = transcript.steps().get(i);
      var action = script.steps().get(i).action();
      String expected =
          "%d %s: %s".formatted(i + 1, StepWords.kind(action), StepWords.of(script, action));
      String seen = "%d %s: %s".formatted(done.number(), done.kind(), done.words());
      if (!seen.equals(expected)) {
        fail("transcript-order", expected, seen, where(i));
        return;
      }
    }
  }

  private static String where(int index) {
    return "step " + (index + 1);
  }

  private void times() {
    Instant last = transcript.started();
    for (Done done : transcript.steps()) {
      if (done.started().isBefore(last) || done.ended().isBefore(done.started())) {
        fail(
            "transcript-time",
            "not before " + last,
            done.started().toString(),
            "step " + done.number());
      }
      last = done.ended();
    }
    if (transcript.ended().isBefore(last)) {
      fail("transcript-time", "not before " + last, transcript.ended().toString(), "its end");
    }
  }

  private void confirmed(CeremonyScript script) {
    int count = Math.min(script.steps().size(), transcript.steps().size());
    for (int i = 0; i < count; i++) {
      List<String> wanted =
          switch (script.steps().get(i).action()) {
            case Action.Confirm confirm -> confirm.by();
            case Action.ReadAloud aloud -> aloud.by();
            default -> List.of();
          };
      var given = transcript.steps().get(i).confirmations();
      Set<String> people =
          given.stream()
              .filter(c -> counts(c.how()))
              .map(Confirmation::participant)
              .collect(Collectors.toSet());
      for (String id : wanted) {
        if (!people.contains(id)) {
          fail("transcript-confirmed", "confirmed by " + id, "by " + people, where(i));
        }
      }
    }
  }

  private boolean counts(String how) {
    return how.equals("rehearsal") == (mode == Mode.REHEARSAL);
  }

  private void inputs(CeremonyScript script) {
    Map<String, FileDigest> taken = new HashMap<>();
    transcript.inputs().forEach(f -> taken.put(f.file(), f));
    for (var input : script.inputList()) {
      var file = taken.get(input.file());
      boolean as = file != null && input.digest().filter(d -> !d.equals(file.sha256())).isEmpty();
      if (!as) {
        fail(
            "transcript-input",
            input.file() + input.digest().map(d -> " of " + d).orElse(""),
            file == null ? "none" : file.sha256().toString(),
            "inputs");
      }
    }
  }

  /** What a step read is what an earlier one left there. */
  private void files() {
    Map<String, FileDigest> there = new HashMap<>();
    transcript.inputs().forEach(f -> there.put(f.file(), f));
    for (Done done : transcript.steps()) {
      for (FileDigest read : done.read()) {
        var expected = there.get(read.file());
        if (!read.equals(expected)) {
          fail(
              "transcript-files",
              read.file() + (expected == null ? " not yet there" : " of " + expected.sha256()),
              read.sha256().toString(),
              "step " + done.number());
        }
      }
      done.wrote().forEach(f -> there.put(f.file(), f));
      done.removed().forEach(there::remove);
    }
  }
}
