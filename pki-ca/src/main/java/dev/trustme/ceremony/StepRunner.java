// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
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
import dev.trustme.ceremony.Transcript.Confirmation;
import dev.trustme.ceremony.Transcript.Done;
import dev.trustme.ceremony.Transcript.FileDigest;
import dev.trustme.ceremony.Transcript.Made;
import dev.trustme.files.Inputs;
import dev.trustme.profile.Profile;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/** Carries out one step after the other and tells what each did to the folder. */
final class StepRunner implements AutoCloseable {
  private final CeremonyScript script;
  private final Path folder;
  private final Stage stage;
  private final CeremonySecrets secrets;
  private final ShareDesk shares;
  private final List<Confirmation> confirmations = new ArrayList<>();
  private NavigableMap<String, FileDigest> files;
  private int number;

  StepRunner(CeremonyScript script, Path folder, Stage stage, CeremonySecrets secrets)
      throws IOException {
    this.script = script;
    this.folder = folder;
    this.stage = stage;
    this.secrets = secrets;
    this.shares = new ShareDesk(script, folder, secrets);
    this.files = FolderFiles.of(folder);
  }

  Done run(int at, Step step) throws IOException, FormatException, GeneralSecurityException {
    number = at;
    confirmations.clear();
    var action = step.action();
    String words = StepWords.of(script, action);
    stage.announce(number, script.steps().size(), words);
    var started = stage.now();
    var read = reads(action).stream().map(files::get).filter(f -> f != null).toList();
    perform(action);
    var before = files;
    files = FolderFiles.of(folder);
    var written = FolderFiles.written(before, files);
    return new Done(
        number,
        StepWords.kind(action),
        words,
        started,
        stage.now(),
        confirmations,
        read,
        written,
        FolderFiles.removed(before, files),
        certificates(written));
  }

  /** Names of the files that the step reads by the script; a PKI's own are its business. */
  private static List<String> reads(Action action) {
    return switch (action) {
      case Check check -> List.of(check.file());
      case ReadAloud aloud -> List.of(aloud.file());
      case Combine combine -> combine.shares();
      case Init init -> List.of(init.profile());
      case Run run -> run.inputs();
      case Note n -> List.of();
      case Confirm c -> List.of();
      case Split s -> List.of();
      case Ask a -> List.of();
      case WorkingCopy w -> List.of();
      case Wipe w -> List.of();
    };
  }

  private void perform(Action action)
      throws IOException, FormatException, GeneralSecurityException {
    switch (action) {
      case Note note -> {}
      case Confirm confirm -> confirmed(confirm.by(), confirm.text(), Optional.empty());
      case Check check -> check(check);
      case ReadAloud aloud -> readAloud(aloud);
      case Split split -> shares.split(split);
      case Combine combine -> shares.combine(combine);
      case Ask ask ->
          secrets.put(ask.secret(), stage.choose("Passphrase '%s'".formatted(ask.secret())));
      case Init init -> init(init);
      case Run run -> command(run);
      case WorkingCopy copy -> new KeyHandover(folder, secrets).make(copy);
      case Wipe wipe -> Wiping.wipe(folder, wipe.files());
    }
  }

  private void confirmed(List<String> ids, String words, Optional<Digest> value)
      throws IOException, GeneralSecurityException {
    for (String id : ids) {
      var participant = java.util.Objects.requireNonNull(script.participants().get(id), id);
      String how = stage.confirm(number, id, participant, words);
      confirmations.add(new Confirmation(id, how, stage.now(), value));
    }
  }

  private FileDigest file(String name) throws IOException {
    return FolderFiles.digest(name, folder.resolve(name), Long.MAX_VALUE);
  }

  private void check(Check check) throws IOException, GeneralSecurityException {
    var seen = file(check.file()).sha256();
    if (!seen.equals(check.digest())) {
      throw failure("%s: expected %s, found %s".formatted(check.file(), check.digest(), seen));
    }
  }

  private void readAloud(ReadAloud aloud) throws IOException, GeneralSecurityException {
    Digest value = value(aloud.file());
    String words = "%s: %s".formatted(aloud.file(), value.hex().replaceAll("(....)(?!$)", "$1 "));
    confirmed(aloud.by(), words, Optional.of(value));
  }

  /** A certificate's fingerprint; of anything else the file's digest. */
  private Digest value(String name) throws IOException {
    try {
      return Certificates.fingerprint(
          Certificates.parse(Inputs.read(folder.resolve(name))).getFirst());
    } catch (FormatException e) {
      return file(name).sha256();
    }
  }

  private void init(Init init) throws GeneralSecurityException {
    String profile =
        Profile.SHIPPED.contains(init.profile())
            ? init.profile()
            : folder.resolve(init.profile()).toString();
    String target = folder.resolve(init.pki()).toString();
    List<String> arguments = new ArrayList<>(List.of("init", "--profile", profile, "-o", target));
    init.keys()
        .ifPresent(all ->
            all.forEach((name, reference) ->
                stage
                    .holder(name, reference)
                    .ifPresent(holder -> {
                      arguments.add("--key");
                      arguments.add(name + "=" + holder);
                    })));
    run(arguments, Optional.of(init.secret()));
  }

  private void command(Run run) throws GeneralSecurityException {
    List<String> arguments = new ArrayList<>(run.command().words());
    arguments.addAll(run.arguments().orElse(List.of()));
    run.files().orElse(List.of()).forEach(f -> arguments.add(folder.resolve(f).toString()));
    run.flags().orElse(List.of()).forEach(flag -> arguments.add("--" + flag));
    arguments.addAll(List.of("--pki", folder.resolve(run.pki()).toString()));
    run.options()
        .ifPresent(all ->
            all.forEach((name, value) -> {
              arguments.add("--" + name);
              arguments.add(value);
            }));
    for (var names : List.of(run.reads(), run.writes())) {
      names.ifPresent(all ->
          all.forEach((name, file) -> {
            arguments.add("--" + name);
            arguments.add(folder.resolve(file).toString());
          }));
    }
    run(arguments, run.secret());
  }

  private void run(List<String> arguments, Optional<String> secret)
      throws GeneralSecurityException {
    List<String> timed = new ArrayList<>(arguments);
    timed.addAll(List.of("--quiet", "--at", stage.now().toString()));
    char[] passphrase = secret.map(secrets::copy).orElse(new char[0]);
    int code = stage.run(timed, passphrase);
    java.util.Arrays.fill(passphrase, '\0');
    if (code != 0) {
      throw failure("the command ended with exit code %d: the ceremony ends here".formatted(code));
    }
  }

  private GeneralSecurityException failure(String problem) {
    return new GeneralSecurityException("step %d: %s".formatted(number, problem));
  }

  /** The certificates in what a PKI folder keeps of each transaction. */
  private List<Made> certificates(List<FileDigest> written) throws IOException, FormatException {
    List<Made> made = new ArrayList<>();
    for (FileDigest file : written) {
      if (file.file().matches(".*/issued/[0-9]+\\.pem")) {
        for (var each : Certificates.parse(Inputs.read(folder.resolve(file.file())))) {
          made.add(
              new Made(
                  each.getSubject().toString(),
                  each.getSerialNumber().toString(16),
                  Certificates.fingerprint(each)));
        }
      }
    }
    return made;
  }

  @Override
  public void close() {
    shares.close();
  }
}
