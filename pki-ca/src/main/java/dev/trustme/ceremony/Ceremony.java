// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ceremony.Transcript.Done;
import dev.trustme.ceremony.Transcript.FileDigest;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Performs a script in a new folder, step by step, and signs what was done. Where a step fails the
 * ceremony ends: the folder keeps what there is, with an unsigned transcript of it.
 */
public final class Ceremony {
  private static final int MAX_INPUT = 64 << 20;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final CeremonyScript script;
  private final Bytes text;
  private final Path folder;
  private final Stage stage;
  private final List<Done> done = new ArrayList<>();
  private final List<FileDigest> inputs = new ArrayList<>();
  private final Instant started;

  private Ceremony(CeremonyScript script, Bytes text, Path folder, Stage stage) {
    this.script = script;
    this.text = text;
    this.folder = folder;
    this.stage = stage;
    this.started = stage.now();
  }

  /**
   * Performs the script of this text; its inputs lie in {@code beside}, all else in {@code folder},
   * which is made for its owner alone, or is empty. Returns the signed transcript, which is written
   * there too.
   *
   * @throws FormatException where the script is malformed
   * @throws GeneralSecurityException where its order is impossible, somebody said no, a digest is
   *     another, or a command failed
   */
  public static DsseEnvelope perform(Bytes text, Path beside, Path folder, Stage stage)
      throws IOException, FormatException, GeneralSecurityException {
    var script = CeremonyScript.parse(text);
    for (var finding : ScriptLint.findings(script)) {
      if (finding.error()) {
        throw new GeneralSecurityException(
            "the script is impossible, line %d: %s".formatted(finding.line(), finding.problem()));
      }
    }
    return new Ceremony(script, text, folder, stage).perform(beside);
  }

  private DsseEnvelope perform(Path beside)
      throws IOException, FormatException, GeneralSecurityException {
    begin(readInputs(beside));
    try (var secrets = new CeremonySecrets();
        var runner = new StepRunner(script, folder, stage, secrets)) {
      int number = 0;
      for (Step step : script.steps()) {
        number++;
        done.add(runner.run(number, step));
        Path unfinished = folder.resolve(FolderFiles.UNFINISHED);
        Outputs.write(unfinished, transcript().encode(), true);
      }
      return seal(secrets);
    }
  }

  /** What the script takes, read before anything is written. */
  private Map<String, Bytes> readInputs(Path beside) throws IOException, GeneralSecurityException {
    Map<String, Bytes> contents = new LinkedHashMap<>();
    for (var input : script.inputList()) {
      Bytes content = Inputs.read(beside.resolve(input.file()), MAX_INPUT);
      var digest = HashAlgorithm.SHA256.digest(content);
      if (input.digest().isPresent() && !input.digest().get().equals(digest)) {
        throw new GeneralSecurityException(
            "input %s: expected %s, found %s"
                .formatted(input.file(), input.digest().get(), digest));
      }
      contents.put(input.file(), content);
      inputs.add(new FileDigest(input.file(), content.size(), digest));
    }
    return contents;
  }

  private void begin(Map<String, Bytes> contents) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    for (var input : contents.entrySet()) {
      Path target = folder.resolve(input.getKey());
      Files.createDirectories(requireNonNull(target.getParent()));
      Outputs.write(target, input.getValue(), false);
    }
  }

  private Transcript transcript() throws IOException {
    return new Transcript(
        Transcript.SCHEMA,
        stage.mode(),
        Program.running(),
        started,
        stage.now(),
        text.utf8(),
        inputs,
        done);
  }

  /** Signs the transcript; the log of the PKI whose key it is tells of it, as of any signature. */
  private DsseEnvelope seal(CeremonySecrets secrets)
      throws IOException, FormatException, GeneralSecurityException {
    var seal = script.transcript();
    var pki = PkiFolder.open(folder.resolve(seal.pki()));
    Bytes payload = transcript().encode();
    try (var passphrase = Passphrase.of(seal.secret().map(secrets::copy).orElse(new char[0]));
        var key = pki.key(Role.LOG, passphrase)) {
      var chain = pki.chain(Role.LOG);
      var envelope = new DsseSigner(key, chain).sign(stage.mode().type(), payload);
      var digest = HashAlgorithm.SHA256.digest(payload);
      var event = Event.signed("sign-transcript", FolderFiles.TRANSCRIPT, chain.getFirst(), digest);
      pki.log().append(stage.now(), List.of(event));
      Outputs.write(folder.resolve(FolderFiles.TRANSCRIPT), envelope.encode(), false);
      Files.delete(folder.resolve(FolderFiles.UNFINISHED));
      return envelope;
    }
  }
}
