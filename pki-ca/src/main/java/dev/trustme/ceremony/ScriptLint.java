// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.ceremony.Action.Ask;
import dev.trustme.ceremony.Action.Check;
import dev.trustme.ceremony.Action.Combine;
import dev.trustme.ceremony.Action.Confirm;
import dev.trustme.ceremony.Action.Init;
import dev.trustme.ceremony.Action.Note;
import dev.trustme.ceremony.Action.ReadAloud;
import dev.trustme.ceremony.Action.Run;
import dev.trustme.ceremony.Action.Split;
import dev.trustme.ceremony.Action.Wipe;
import dev.trustme.ceremony.Action.WorkingCopy;
import dev.trustme.ceremony.CeremonyScript.Participant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a script can be performed in its order: goes through it as a ceremony would, with names
 * in the place of files and secrets. An error stops a ceremony; a warning is for the reviewers.
 */
public final class ScriptLint {
  /** What was found, and where in the script's text. {@code step} is 0 where it is of no step. */
  public record Finding(boolean error, int step, int line, int column, String problem) {}

  private final CeremonyScript script;
  private final List<Finding> findings = new ArrayList<>();
  private final ScriptState state = new ScriptState();
  private final Set<String> involved = new LinkedHashSet<>();
  private int number;
  private Step step;

  private ScriptLint(CeremonyScript script) {
    this.script = script;
    this.step = script.steps().getFirst();
  }

  public static List<Finding> findings(CeremonyScript script) {
    return new ScriptLint(script).run();
  }

  /** Each step in words, in order. */
  public static List<String> words(CeremonyScript script) {
    return script.steps().stream().map(s -> StepWords.of(script, s.action())).toList();
  }

  private List<Finding> run() {
    script.inputList().forEach(i -> state.write(i.file()));
    for (Step each : script.steps()) {
      number++;
      step = each;
      look(each.action());
    }
    number = 0;
    seal();
    afterwards();
    return List.copyOf(findings);
  }

  private void look(Action action) {
    switch (action) {
      case Note note -> {}
      case Confirm confirm -> people(confirm.by());
      case Check check -> read(check.file());
      case ReadAloud aloud -> {
        people(aloud.by());
        read(aloud.file());
      }
      case Split split -> split(split);
      case Combine combine -> combine(combine);
      case Ask ask -> {
        people(List.of(ask.by()));
        makes(ask.secret());
      }
      case Init init -> init(init);
      case Run run -> run(run);
      case WorkingCopy copy -> copy(copy);
      case Wipe wipe -> wipe(wipe);
    }
  }

  private void people(List<String> ids) {
    for (String id : ids) {
      involved.add(id);
      expect(script.participants().containsKey(id), "'%s' is no participant".formatted(id));
    }
  }

  private void read(String file) {
    expect(
        state.has(file),
        state.wiped(file)
            ? "%s was wiped before".formatted(file)
            : "%s is neither an input nor written before".formatted(file));
  }

  private void makes(String secret) {
    expect(state.secrets.add(secret), "the secret '%s' was made before".formatted(secret));
  }

  private void needs(String secret) {
    expect(state.secrets.contains(secret), "the secret '%s' was not made before".formatted(secret));
  }

  private void split(Split split) {
    people(split.custodians());
    for (String id : split.custodians()) {
      var participant = script.participants().get(id);
      expect(
          participant == null || participant.roles().contains(Participant.CUSTODIAN),
          "'%s' has no role custodian".formatted(id));
    }
    int custodians = split.custodians().size();
    expect(
        split.threshold() >= 2 && split.threshold() <= custodians,
        "threshold %d of %d custodians: expected 2 to %d"
            .formatted(split.threshold(), custodians, custodians));
    makes(split.secret());
    state.splits.put(split.secret(), split);
    split.custodians().forEach(c -> writes(split.share(c)));
  }

  private void combine(Combine combine) {
    var split = state.splits.get(combine.secret());
    if (split == null) {
      expect(false, "the secret '%s' was not split before".formatted(combine.secret()));
      return;
    }
    combine.shares().forEach(this::read);
    var its = split.custodians().stream().map(split::share).toList();
    for (String share : combine.shares()) {
      expect(its.contains(share), "%s is no share of '%s'".formatted(share, combine.secret()));
    }
    expect(
        combine.shares().size() >= split.threshold(),
        "%d shares, but %d are needed".formatted(combine.shares().size(), split.threshold()));
    state.combined.add(combine.secret());
  }

  private void init(Init init) {
    needs(init.secret());
    if (!dev.trustme.profile.Profile.SHIPPED.contains(init.profile())) {
      read(init.profile());
    }
    expect(state.pki(init.pki()), "%s exists already".formatted(init.pki()));
  }

  private void run(Run run) {
    run.secret().ifPresent(this::needs);
    usesPki(run.pki());
    run.inputs().forEach(this::read);
    run.outputs().forEach(this::writes);
  }

  private void copy(WorkingCopy copy) {
    needs(copy.secret());
    needs(copy.newSecret());
    expect(
        !copy.secret().equals(copy.newSecret()),
        "new-secret: another than '%s', which opens the keys left out".formatted(copy.secret()));
    usesPki(copy.pki());
    expect(state.pki(copy.folder()), "%s exists already".formatted(copy.folder()));
  }

  private void usesPki(String pki) {
    expect(state.isPki(pki), "the PKI '%s' was not made before, or is gone".formatted(pki));
  }

  private void writes(String file) {
    expect(!state.has(file), "%s exists already".formatted(file));
    state.write(file);
  }

  private void wipe(Wipe wipe) {
    for (String file : wipe.files()) {
      read(file);
      state.wipe(file);
    }
  }

  private void seal() {
    var seal = script.transcript();
    expect(
        state.isPki(seal.pki()),
        "transcript: the PKI '%s' is not there at the end; its log key signs"
            .formatted(seal.pki()));
    seal.secret()
        .ifPresent(s ->
            expect(
                state.secrets.contains(s), "transcript: the secret '%s' is not made".formatted(s)));
  }

  private void afterwards() {
    for (Split split : state.splits.values()) {
      if (!state.combined.contains(split.secret())) {
        warn(
            "nobody tries whether the shares of '%s' open it: add a combine step"
                .formatted(split.secret()));
      }
      if (split.custodians().stream().anyMatch(c -> state.has(split.share(c)))) {
        warn("shares of '%s' stay in the folder: add a wipe step".formatted(split.secret()));
      }
    }
    var idle = new HashSet<>(script.participants().keySet());
    idle.removeAll(involved);
    idle.stream().sorted().forEach(id -> warn("'%s' takes part in no step".formatted(id)));
  }

  private void expect(boolean holds, String problem) {
    if (!holds) {
      add(true, problem);
    }
  }

  private void warn(String problem) {
    add(false, problem);
  }

  private void add(boolean error, String problem) {
    findings.add(
        number == 0
            ? new Finding(error, 0, 0, 0, problem)
            : new Finding(error, number, step.line(), step.column(), problem));
  }
}
