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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A step in words: for those who review a script, and for the transcript. */
final class StepWords {
  private StepWords() {}

  static String kind(Action action) {
    return switch (action) {
      case Note note -> "note";
      case Confirm confirm -> "confirm";
      case Check check -> "check";
      case ReadAloud aloud -> "read-aloud";
      case Split split -> "split";
      case Combine combine -> "combine";
      case Ask ask -> "ask";
      case Init init -> "init";
      case Run run -> "run";
      case WorkingCopy copy -> "working-copy";
      case Wipe wipe -> "wipe";
    };
  }

  static String of(CeremonyScript script, Action action) {
    return switch (action) {
      case Note note -> "Note: " + note.text();
      case Confirm confirm ->
          "%s confirm: %s".formatted(script.names(confirm.by()), confirm.text());
      case Check check -> "The file %s has the digest %s.".formatted(check.file(), check.digest());
      case ReadAloud aloud ->
          "The fingerprint of %s is read aloud; %s confirm it."
              .formatted(aloud.file(), script.names(aloud.by()));
      case Split split ->
          "A new secret '%s' is made and split among %s; any %d of them open it. Shares: %s."
              .formatted(
                  split.secret(),
                  script.names(split.custodians()),
                  split.threshold(),
                  split.custodians().stream().map(split::share).collect(Collectors.joining(", ")));
      case Combine combine ->
          "The secret '%s' is opened by the shares %s."
              .formatted(combine.secret(), String.join(", ", combine.shares()));
      case Ask ask ->
          "%s chooses the passphrase '%s'."
              .formatted(script.names(List.of(ask.by())), ask.secret());
      case Init init ->
          "The PKI '%s' is made from the profile %s; the secret '%s' encrypts its keys%s."
              .formatted(init.pki(), init.profile(), init.secret(), held(init));
      case Run run -> "The command runs: " + command(run) + ".";
      case WorkingCopy copy ->
          "The PKI '%s' is copied to '%s' without the keys of %s; '%s' encrypts the others."
              .formatted(
                  copy.pki(), copy.folder(), String.join(", ", copy.without()), copy.newSecret());
      case Wipe wipe -> "Overwritten and removed: %s.".formatted(String.join(", ", wipe.files()));
    };
  }

  private static String held(Init init) {
    return init.keys().orElse(Map.of()).entrySet().stream()
        .map(key ->
            "; the key of %s is made in %s and stays there".formatted(key.getKey(), key.getValue()))
        .collect(Collectors.joining());
  }

  private static String command(Run run) {
    var options =
        Stream.of(run.options(), run.reads(), run.writes())
            .flatMap(Optional::stream)
            .flatMap(m -> m.entrySet().stream())
            .map(o -> "--%s %s".formatted(o.getKey(), o.getValue()));
    var words =
        Stream.of(
                Stream.of("pki"),
                run.command().words().stream(),
                run.arguments().orElse(List.of()).stream(),
                run.files().orElse(List.of()).stream(),
                Stream.of("--pki " + run.pki()),
                run.flags().orElse(List.of()).stream().map(flag -> "--" + flag),
                options)
            .flatMap(s -> s);
    return words.collect(Collectors.joining(" "))
        + run.secret().map(s -> ", with the secret '%s'".formatted(s)).orElse("");
  }
}
