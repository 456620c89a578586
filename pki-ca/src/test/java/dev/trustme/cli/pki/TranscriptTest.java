// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.audit.FolderAudit;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ceremony.Transcript;
import dev.trustme.ceremony.Transcript.Confirmation;
import dev.trustme.ceremony.Transcript.Done;
import dev.trustme.ceremony.Transcript.FileDigest;
import dev.trustme.ceremony.Transcript.Mode;
import dev.trustme.ceremony.TranscriptVerifier;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real ceremony's transcript, changed in one thing at a time: each is refused for its reason. */
class TranscriptTest {
  @TempDir private static Path dir;
  private static Path folder = Path.of("");
  private static DsseEnvelope original =
      new DsseEnvelope(
          "",
          Bytes.empty(),
          List.of(new DsseEnvelope.Signature(Optional.empty(), Bytes.empty(), List.of())));

  /** Without the last wiping: the shares are needed to sign again. */
  @BeforeAll
  static void perform() throws Exception {
    folder = dir.resolve("ceremony");
    String script = Files.readString(CeremonyCommandTest.SCRIPT);
    write("ceremony.yaml", script.replace("  - wipe: {files: [shares]}\n", ""));
    write("profile.yaml", CeremonyCommandTest.PROFILE);
    write("confirmed", CeremonyCommandTest.CONFIRMED.replace("12 carol", "11 carol"));
    write("pass", "daily\n");
    assertEquals(
        0,
        CeremonyCommandTest.run(
            "run",
            "--quiet",
            dir.resolve("ceremony.yaml").toString(),
            "--confirmed",
            dir.resolve("confirmed").toString(),
            "--pass-file",
            dir.resolve("pass").toString(),
            "-o",
            folder.toString()));
    original = DsseEnvelope.parse(Inputs.read(folder.resolve("transcript.json")));
  }

  private static void write(String name, String text) throws Exception {
    Files.writeString(dir.resolve(name), text);
  }

  @Test
  void asItIsItIsAccepted() throws Exception {
    assertTrue(verify(original).isEmpty());
    assertTrue(verify(signed(Role.LOG, t -> t)).isEmpty());
  }

  @Test
  void anEditedOneIsRefused() throws Exception {
    var edited = Bytes.utf8(original.payload().utf8().replace("Alice", "Alyce"));
    refused(
        "transcript-signature",
        new DsseEnvelope(original.payloadType(), edited, original.signatures()));
  }

  @Test
  void oneByAnotherRoleIsRefused() throws Exception {
    refused("transcript-signer-role", signed(Role.RELEASE, t -> t));
  }

  @Test
  void aRehearsalIsRefused() throws Exception {
    refused(
        "transcript-mode",
        new DsseEnvelope(Mode.REHEARSAL.type(), original.payload(), original.signatures()));
  }

  @Test
  void aMissingStepIsRefused() throws Exception {
    refused("transcript-complete", steps(all -> all.subList(0, all.size() - 1)));
  }

  @Test
  void stepsInAnotherOrderAreRefused() throws Exception {
    refused(
        "transcript-order",
        steps(all -> {
          Collections.swap(all, 3, 4);
          return all;
        }));
  }

  @Test
  void timeThatGoesBackIsRefused() throws Exception {
    refused("transcript-time", step(6, s -> with(s, Instant.EPOCH, s.confirmations(), s.read())));
  }

  @Test
  void aMissingConfirmationIsRefused() throws Exception {
    refused(
        "transcript-confirmed",
        step(0, s -> with(s, s.started(), s.confirmations().subList(1, 4), s.read())));
  }

  @Test
  void aConfirmationOfARehearsalIsRefused() throws Exception {
    refused(
        "transcript-confirmed",
        step(
            0,
            s ->
                with(
                    s,
                    s.started(),
                    s.confirmations().stream()
                        .map(c ->
                            new Confirmation(c.participant(), "rehearsal", c.time(), c.value()))
                        .toList(),
                    s.read())));
  }

  @Test
  void aFileThatNobodyWroteIsRefused() throws Exception {
    var other = HashAlgorithm.SHA256.digest(Bytes.empty());
    refused(
        "transcript-files",
        step(
            6,
            s ->
                with(
                    s, s.started(), s.confirmations(), List.of(file(s.read().getFirst(), other)))));
  }

  private static FileDigest file(FileDigest file, dev.trustme.bytes.Digest digest) {
    return new FileDigest(file.file(), file.size(), digest);
  }

  @Test
  void anotherInputIsRefused() throws Exception {
    refused(
        "transcript-input", signed(Role.LOG, t -> transcript(t, t.script(), List.of(), t.steps())));
  }

  @Test
  void anotherScriptIsRefused() throws Exception {
    refused(
        "transcript-script",
        signed(
            Role.LOG,
            t ->
                transcript(
                    t, t.script().replace("threshold: 2", "threshold: 4"), t.inputs(), t.steps())));
  }

  @Test
  void aChangedFolderIsRefused() throws Exception {
    Path file = folder.resolve("pki/certs/software-root.pem");
    Bytes content = Inputs.read(file);
    Files.write(file, Bytes.concat(content, Bytes.utf8("\n")).toArray());
    refused("folder-file", original);
    Files.delete(file);
    refused("folder-missing", original);
    Files.write(file, content.toArray());
    Path extra = Files.writeString(folder.resolve("pki/keys/of-nobody.pem"), "x");
    refused("folder-extra", original);
    Files.delete(extra);
    assertTrue(verify(original).isEmpty());
  }

  @Test
  void aLogMayGrowButNotShrink() throws Exception {
    Path log = folder.resolve("pki/log.jsonl");
    Bytes content = Inputs.read(log);
    Files.writeString(log, "{}\n", StandardOpenOption.APPEND);
    assertTrue(verify(original).isEmpty());
    Files.write(log, content.slice(0, content.size() / 2).toArray());
    refused("folder-file", original);
    Files.write(log, content.toArray());
  }

  private static void refused(String reason, DsseEnvelope envelope) throws Exception {
    var failures = verify(envelope);
    assertEquals(reason, failures.isEmpty() ? "accepted" : failures.getFirst().id());
  }

  private static List<Check> verify(DsseEnvelope envelope) throws Exception {
    var roots = FolderAudit.roots(PkiFolder.open(folder.resolve("working")));
    return new TranscriptVerifier(roots, Mode.CEREMONY)
        .verify(envelope, Optional.of(folder))
        .failures();
  }

  /** Signs a changed transcript by the very key that signed the original. */
  private static DsseEnvelope signed(Role role, UnaryOperator<Transcript> change) throws Exception {
    var pki = PkiFolder.open(folder.resolve("pki"));
    var shares = List.of(folder.resolve("shares/alice.txt"), folder.resolve("shares/bob.txt"));
    Bytes payload = change.apply(Transcript.parse(original.payload())).encode();
    try (var passphrase = Passphrase.of(new ShareFiles().combine(shares));
        var key = pki.key(role, passphrase)) {
      return new DsseSigner(key, pki.chain(role)).sign(Mode.CEREMONY.type(), payload);
    }
  }

  private static DsseEnvelope steps(UnaryOperator<List<Done>> change) throws Exception {
    return signed(
        Role.LOG,
        t -> transcript(t, t.script(), t.inputs(), change.apply(new ArrayList<>(t.steps()))));
  }

  private static DsseEnvelope step(int index, UnaryOperator<Done> change) throws Exception {
    return steps(all -> {
      all.set(index, change.apply(all.get(index)));
      return all;
    });
  }

  private static Transcript transcript(
      Transcript of, String script, List<FileDigest> inputs, List<Done> steps) {
    return new Transcript(
        of.schema(), of.mode(), of.program(), of.started(), of.ended(), script, inputs, steps);
  }

  private static Done with(
      Done step, Instant started, List<Confirmation> confirmations, List<FileDigest> read) {
    return new Done(
        step.number(),
        step.kind(),
        step.words(),
        started,
        step.ended(),
        confirmations,
        read,
        step.wrote(),
        step.removed(),
        step.certificates());
  }
}
