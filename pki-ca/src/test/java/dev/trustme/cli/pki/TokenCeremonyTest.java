// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.ceremony.Transcript;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.Judge;
import dev.trustme.key.Passphrase;
import dev.trustme.testing.SoftToken;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ceremony whose root key is made in a token, rehearsed on SoftHSM2: two of three custodians. */
class TokenCeremonyTest {
  @TempDir private Path dir;

  @Test
  void isRehearsedOnSoftHsm() throws Exception {
    var token = SoftToken.in(dir.resolve("hsm")).token("rehearsal");
    prepare();
    assertEquals(
        0,
        CeremonyCommandTest.run(
            "rehearse",
            "--quiet",
            file("ceremony.yaml"),
            "-o",
            file("rehearsed"),
            "--pin-file",
            file("pin"),
            "--token",
            "pkcs11:token=rehearsal?module-path=" + SoftToken.MODULE));
    var objects = token.tool("rehearsal", "--list-objects", "--type", "privkey");
    assertTrue(objects.contains("software-root"), objects);
    assertTrue(objects.contains("always sensitive, never extractable"), objects);
    var pki = PkiFolder.open(dir.resolve("rehearsed/pki"));
    assertFalse(Files.exists(dir.resolve("rehearsed/pki/keys/software-root.pem")));
    assertTrue(
        requireNonNull(pki.index().authorities().get("software-root")).key().startsWith("pkcs11:"));
    try (var pin = Passphrase.of(SoftToken.PIN.toCharArray());
        var key = pki.authorityKey("software-root", pin)) {
      assertEquals(pki.authority("software-root").getSubjectPublicKeyInfo(), key.publicKey());
    }
    Path root = dir.resolve("rehearsed/pki/certs/software-root.pem");
    Judge.accepts("openssl", "verify", "-CAfile", root, dir.resolve("rehearsed/pki/certs/log.pem"));
    assertEquals(0, verify("rehearsed", "--rehearsal"));
    assertEquals(1, verify("rehearsed"));
  }

  @Test
  void isRehearsedWithFilesWhereThereIsNoToken() throws Exception {
    prepare();
    assertEquals(
        0, CeremonyCommandTest.run("rehearse", "-q", file("ceremony.yaml"), "-o", file("files")));
    assertTrue(Files.exists(dir.resolve("files/pki/keys/software-root.pem")));
    var envelope = DsseEnvelope.parse(Inputs.read(dir.resolve("files/transcript.json")));
    var transcript = Transcript.parse(envelope.payload());
    assertEquals(Transcript.Mode.REHEARSAL, transcript.mode());
    assertTrue(transcript.steps().get(2).words().contains("pkcs11:token=ca;object=software-root"));
  }

  private void prepare() throws Exception {
    String script = Files.readString(CeremonyCommandTest.SCRIPT);
    String init = "{pki: pki, profile: profile.yaml, secret: roots";
    assertTrue(script.contains(init));
    Files.writeString(
        dir.resolve("ceremony.yaml"),
        script.replace(
            init,
            init
                + ", keys: {software-root: 'pkcs11:token=ca;object=software-root?module-name=hsm'}"));
    Files.writeString(dir.resolve("profile.yaml"), CeremonyCommandTest.PROFILE);
    Files.writeString(dir.resolve("pin"), SoftToken.PIN + "\n");
  }

  private int verify(String folder, String... more) {
    var arguments = new java.util.ArrayList<String>();
    arguments.addAll(java.util.List.of("verify", "-q", file(folder + "/transcript.json")));
    arguments.addAll(java.util.List.of("--folder", file(folder)));
    arguments.addAll(java.util.List.of(more));
    return CeremonyCommandTest.run(arguments.toArray(String[]::new));
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }
}
