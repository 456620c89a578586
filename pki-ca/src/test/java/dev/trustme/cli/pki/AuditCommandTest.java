// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.audit.Checkpoints;
import dev.trustme.audit.FolderAudit;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog;
import dev.trustme.issue.TestPki;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
  @TempDir private Path dir;
  private Path pki = Path.of("");
  private Path log = Path.of("");

  @BeforeEach
  void init() throws Exception {
    pki = dir.resolve("pki");
    log = pki.resolve("log.jsonl");
    Files.writeString(dir.resolve("pass"), "right\n");
    Files.writeString(dir.resolve("profile.yaml"), CeremonyCommandTest.PROFILE);
    assertEquals(
        0,
        Launcher.run(
            new PkiMain(),
            "init",
            "-q",
            "--profile",
            file("profile.yaml"),
            "--pass-file",
            file("pass"),
            "-o",
            pki.toString()));
  }

  @Test
  void aFolderIsIntactAndItsCutIsFoundByTheKeptHead() throws Exception {
    assertEquals(0, verify());
    var head = head();
    assertEquals(0, verify("--head", head.digest().hex(), "--entries", "4"));
    assertEquals(0, verify("--head", head.digest().hex()));
    var lines = Files.readAllLines(log);
    Files.writeString(log, String.join("\n", lines.subList(0, 3)) + "\n");
    assertEquals(1, verify("--head", head.digest().hex(), "--entries", "4"));
    assertEquals(1, verify("--head", head.digest().hex()));
    // Even without a head: a certificate in issued/ has no entry.
    assertEquals(1, verify());
    // The file alone chains.
    assertEquals(0, audit("verify", log.toString()));
  }

  @Test
  void aCutIsFoundByACheckpoint() throws Exception {
    sign("a");
    assertEquals(0, checkpoint("-o", file("kept.json")));
    sign("b");
    assertEquals(0, verify());
    assertEquals(0, verify("--checkpoint", file("kept.json")));
    assertEquals(
        0,
        audit(
            "verify",
            log.toString(),
            "--checkpoint",
            file("kept.json"),
            "--log-root",
            root("software")));
    assertEquals(
        1,
        audit(
            "verify",
            log.toString(),
            "--checkpoint",
            file("kept.json"),
            "--log-root",
            root("customer")));
    var lines = Files.readAllLines(log);
    Files.writeString(log, String.join("\n", lines.subList(0, 4)) + "\n");
    assertEquals(1, verify());
    Files.delete(pki.resolve("checkpoints/000002.json"));
    assertEquals(0, verify());
    assertEquals(1, verify("--checkpoint", file("kept.json")));
  }

  @Test
  void aNewFolderHasItsFirstCheckpoint() throws Exception {
    var folder = PkiFolder.open(pki);
    var only = Checkpoints.of(folder).all();
    assertEquals(1, only.size());
    assertTrue(only.getFirst().verify(FolderAudit.roots(folder)).accepted());
    assertEquals(head().digest(), only.getFirst().untrusted().head());
    assertEquals(head().entries(), only.getFirst().untrusted().entries());
    // It stays one when the root above its key is another.
    assertEquals(
        0,
        Launcher.run(
            new PkiMain(),
            "rollover",
            "-q",
            "--pki",
            pki.toString(),
            "--pass-file",
            file("pass"),
            "software-root"));
    assertEquals(0, verify());
  }

  @Test
  void aDamagedLogGetsNoCheckpoint() throws Exception {
    assertEquals(0, checkpoint("--dry-run"));
    assertTrue(Files.notExists(pki.resolve("checkpoints/000002.json")));
    assertEquals(0, checkpoint());
    assertEquals(0, checkpoint());
    Files.writeString(log, Files.readString(log).replace("customer-root", "costumer-root"));
    assertEquals(1, checkpoint());
    assertEquals(1, checkpoint("--dry-run"));
    assertTrue(Files.exists(pki.resolve("checkpoints/000003.json")));
    assertTrue(Files.notExists(pki.resolve("checkpoints/000004.json")));
  }

  @Test
  void whoSignedThisFileIsAnswered() throws Exception {
    Files.writeString(dir.resolve("artefact"), "artefact");
    sign("artefact");
    assertEquals(0, audit("show", "-q", "--pki", pki.toString(), "--file", file("artefact")));
    assertEquals(0, audit("export", "-q", "--pki", pki.toString(), "-o", file("all.csv")));
    assertEquals(6, Files.readAllLines(dir.resolve("all.csv")).size());
    assertEquals(0, export("one.csv", "--file", file("artefact")));
    var rows = Files.readAllLines(dir.resolve("one.csv"));
    assertEquals(2, rows.size());
    assertTrue(rows.get(1).startsWith("5,2026-11-22T10:14:03Z,sign,artefact,sha256:"), rows.get(1));
    assertEquals(0, export("issued.jsonl", "--format", "jsonl", "--action", "issue"));
    assertEquals(
        Files.readAllLines(log).subList(0, 4), Files.readAllLines(dir.resolve("issued.jsonl")));
    String key =
        SigningLog.keyId(PkiFolder.open(pki).authority("software-root").getSubjectPublicKeyInfo())
            .hex();
    assertEquals(0, export("by-root.csv", "--certificate", key.substring(0, 12)));
    assertEquals(4, Files.readAllLines(dir.resolve("by-root.csv")).size());
    assertEquals(0, export("none.csv", "--until", "2020-01-01T00:00:00Z"));
    assertEquals(1, Files.readAllLines(dir.resolve("none.csv")).size());
  }

  @Test
  void badInputHasItsExitCode() throws Exception {
    assertEquals(2, audit("verify"));
    assertEquals(2, verify("--entries", "3"));
    assertEquals(2, verify("--head", "12"));
    assertEquals(4, audit("verify", file("none")));
    assertEquals(4, verify("--checkpoint", file("none")));
    assertEquals(3, verify("--checkpoint", file("profile.yaml")));
    assertEquals(3, audit("verify", file("profile.yaml")));
    assertEquals(2, audit("show", "--pki", pki.toString(), "--since", "yesterday"));
    assertEquals(0, export("out.csv"));
    assertEquals(2, export("out.csv"));
  }

  private SigningLog.Head head() throws Exception {
    var lines = Files.readAllLines(log);
    return new SigningLog.Head(
        HashAlgorithm.SHA256.digest(Bytes.utf8(lines.getLast())), lines.size());
  }

  private void sign(String name) throws Exception {
    var folder = PkiFolder.open(pki);
    var artefact = HashAlgorithm.SHA256.digest(Bytes.utf8(name));
    var signer = folder.chain(Role.RELEASE).getFirst();
    folder
        .log()
        .append(TestPki.AT, List.of(SigningLog.Event.signed("sign", name, signer, artefact)));
  }

  private int verify(String... more) {
    List<String> arguments = new ArrayList<>(List.of("verify", "-q", "--pki", pki.toString()));
    arguments.addAll(List.of(more));
    return audit(arguments.toArray(String[]::new));
  }

  private int checkpoint(String... more) {
    List<String> arguments = new ArrayList<>(List.of("checkpoint", "-q", "--pki", pki.toString()));
    arguments.addAll(List.of("--pass-file", file("pass")));
    arguments.addAll(List.of(more));
    return audit(arguments.toArray(String[]::new));
  }

  private int export(String target, String... more) {
    List<String> arguments = new ArrayList<>(List.of("export", "-q", "--pki", pki.toString()));
    arguments.addAll(List.of("-o", file(target)));
    arguments.addAll(List.of(more));
    return audit(arguments.toArray(String[]::new));
  }

  private static int audit(String... arguments) {
    List<String> all = new ArrayList<>(List.of("audit"));
    all.addAll(List.of(arguments));
    return Launcher.run(new PkiMain(), all.toArray(String[]::new));
  }

  private String root(String name) {
    return pki.resolve("certs/" + name + "-root.pem").toString();
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }
}
