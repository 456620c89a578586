// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.ceremony.Transcript;
import dev.trustme.cli.Launcher;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the runbook: two of three custodians, through the commands. */
class CeremonyCommandTest {
  static final Path SCRIPT = Path.of("../docs/runbooks/ceremony.yaml");

  /** The roots that the script names, and few keys, for speed. */
  static final String PROFILE =
      """
      schema: trustme/profile/1
      subject: {country: DE, organization: Example}
      authorities:
        software-root: {key: ec-p256, years: 20}
        customer-root: {key: ec-p256, years: 20}
      roles:
        release: {issuer: software-root, key: ec-p256, years: 5, use: [release]}
        log: {issuer: software-root, key: ec-p256, years: 10, use: [log]}
      """;

  static final String CONFIRMED =
      """
      # agreed on before
      1 alice
      1 bob
      1 carol
      1 dave
      4 alice
      4 bob
      4 carol
      5 alice
      5 bob
      5 carol
      6 alice
      6 bob
      6 carol
      12 carol
      """;

  @TempDir private Path dir;

  @BeforeEach
  void prepare() throws Exception {
    Files.copy(SCRIPT, dir.resolve("ceremony.yaml"));
    Files.writeString(dir.resolve("profile.yaml"), PROFILE);
    Files.writeString(dir.resolve("confirmed"), CONFIRMED);
    Files.writeString(dir.resolve("pass"), "for every day\n");
  }

  @Test
  void theScriptOfTheRunbookIsPossible() throws Exception {
    assertEquals(0, run("lint", "--quiet", file("ceremony.yaml")));
    edit("ceremony.yaml", "threshold: 2", "threshold: 4");
    assertEquals(1, run("lint", "--quiet", file("ceremony.yaml")));
    edit("ceremony.yaml", "steps:", "stops:");
    assertEquals(3, run("lint", "--quiet", file("ceremony.yaml")));
  }

  @Test
  void aCeremonyIsPerformedOnceAndVerified() throws Exception {
    assertEquals(0, perform("real"));
    assertEquals(0, verify("real", "--folder", file("real")));
    Path root =
        Files.copy(dir.resolve("real/pki/certs/software-root.pem"), dir.resolve("root.pem"));
    assertEquals(0, verify("real", "--root", root.toString()));
    Path other = dir.resolve("real/pki/certs/customer-root.pem");
    assertEquals(1, verify("real", "--root", other.toString()));
    assertEquals(2, verify("real"));
    assertEquals(2, perform("real"));
    assertFalse(Files.exists(dir.resolve("real/shares")));
    assertFalse(Files.exists(dir.resolve("real/transcript.unfinished.json")));
    assertEquals(0, Launcher.run(new PkiMain(), "audit", "verify", "-q", file("real/pki")));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("real"))));
  }

  @Test
  void theWorkingCopyHasNoRootKeyAndAnotherPassphrase() throws Exception {
    assertEquals(0, perform("real"));
    var working = PkiFolder.open(dir.resolve("real/working"));
    assertFalse(Files.exists(dir.resolve("real/working/keys/software-root.pem")));
    assertFalse(Files.exists(dir.resolve("real/working/keys/customer-root.pem")));
    try (var passphrase = Passphrase.of("for every day".toCharArray());
        var key = working.key(Role.RELEASE, passphrase)) {
      assertEquals(
          working.chain(Role.RELEASE).getFirst().getSubjectPublicKeyInfo(), key.publicKey());
    }
    var original = PkiFolder.open(dir.resolve("real/pki"));
    try (var passphrase = Passphrase.of("for every day".toCharArray())) {
      Assertions.assertThrows(
          GeneralSecurityException.class, () -> original.key(Role.RELEASE, passphrase).close());
    }
  }

  @Test
  void sharesOpenTheFolderForAnyCommand() throws Exception {
    edit("ceremony.yaml", "  - wipe: {files: [shares]}\n", "");
    Files.writeString(dir.resolve("confirmed"), CONFIRMED.replace("12 carol", "11 carol"));
    assertEquals(0, perform("real"));
    assertEquals(0, checkpoint("alice", "carol"));
    assertEquals(0, checkpoint("carol", "bob"));
    assertEquals(1, checkpoint("bob"));
    assertEquals(1, checkpoint("bob", "bob"));
    edit("real/shares/bob.txt", "Bob", "Rob");
    assertEquals(3, checkpoint("alice", "bob"));
    assertEquals(
        0,
        Launcher.run(
            new PkiMain(),
            "ceremony",
            "combine",
            "-q",
            share("alice"),
            share("carol"),
            "-o",
            file("p")));
    assertEquals(65, Files.size(dir.resolve("p")));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("p"))));
    // The checkpoints were not of the ceremony: its folder has changed.
    assertEquals(1, verify("real", "--folder", file("real")));
  }

  private int checkpoint(String... custodians) {
    var shares = Stream.of(custodians).map(this::share).toList();
    return Launcher.run(
        new PkiMain(),
        "audit",
        "checkpoint",
        "-q",
        "--pki",
        file("real/pki"),
        "--shares",
        String.join(",", shares));
  }

  private String share(String custodian) {
    return file("real/shares/" + custodian + ".txt");
  }

  @Test
  void whoDoesNotConfirmEndsTheCeremony() throws Exception {
    Files.writeString(dir.resolve("confirmed"), CONFIRMED.replace("5 bob\n", ""));
    assertEquals(1, perform("real"));
    assertFalse(Files.exists(dir.resolve("real/transcript.json")));
    Bytes unfinished = Inputs.read(dir.resolve("real/transcript.unfinished.json"));
    assertEquals(4, Transcript.parse(unfinished).steps().size());
  }

  @Test
  void anInputOfAnotherDigestEndsIt() throws Exception {
    edit(
        "ceremony.yaml",
        "  - file: profile.yaml",
        "  - {file: profile.yaml, digest: 'sha256:%s'}".formatted("0".repeat(64)));
    assertEquals(1, perform("real"));
  }

  @Test
  void aRehearsalNeverPassesForACeremony() throws Exception {
    assertEquals(0, run("rehearse", "--quiet", file("ceremony.yaml"), "-o", file("rehearsed")));
    assertEquals(1, verify("rehearsed", "--folder", file("rehearsed")));
    assertEquals(0, verify("rehearsed", "--folder", file("rehearsed"), "--rehearsal"));
    assertEquals(0, run("rehearse", "--quiet", file("ceremony.yaml")));
    var envelope = DsseEnvelope.parse(Inputs.read(dir.resolve("rehearsed/transcript.json")));
    var renamed =
        new DsseEnvelope(
            Transcript.Mode.CEREMONY.type(), envelope.payload(), envelope.signatures());
    Outputs.write(dir.resolve("rehearsed/transcript.json"), renamed.encode(), true);
    assertEquals(1, verify("rehearsed", "--folder", file("rehearsed")));
  }

  private int perform(String target) {
    return run(
        "run",
        "--quiet",
        file("ceremony.yaml"),
        "--confirmed",
        file("confirmed"),
        "--pass-file",
        file("pass"),
        "-o",
        file(target));
  }

  private int verify(String folder, String... more) {
    List<String> arguments = new ArrayList<>(List.of("verify", "--quiet"));
    arguments.add(file(folder + "/transcript.json"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  static int run(String... arguments) {
    return Launcher.run(
        new PkiMain(),
        Stream.concat(Stream.of("ceremony"), Stream.of(arguments)).toArray(String[]::new));
  }

  private void edit(String name, String part, String replacement) throws Exception {
    String text = Files.readString(dir.resolve(name));
    assertTrue(text.contains(part), part);
    Files.writeString(dir.resolve(name), text.replace(part, replacement));
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }
}
