// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys and certificates that openssl made, taken in, and what is wrong with others. */
class ImportTest extends ImportWorkshop {
  @Test
  void takesInWhatIsFit() throws Exception {
    Outputs.removeTree(dir.resolve("pki"));
    try (var passphrase = Passphrase.of("inside".toCharArray())) {
      TestPki.create("ci", dir.resolve("pki"), KeyProtection.encrypted(passphrase));
    }
    Files.writeString(dir.resolve("pass"), "wrong\n");
    assertEquals(1, role("leaf.key", "leaf.pem", "root.pem"));
    Files.writeString(dir.resolve("pass"), "inside\n");
    assertEquals(0, role("leaf.key", "leaf.pem", "root.pem"));
    var pki = PkiFolder.open(dir.resolve("pki"));
    try (var passphrase = Passphrase.of("inside".toCharArray());
        var key = pki.key(Role.USER, passphrase)) {
      assertEquals(pki.chain(Role.USER).getFirst().getSubjectPublicKeyInfo(), key.publicKey());
    }
    assertEquals(1, pki.chain(Role.USER).size());
    assertEquals(2, Credential.of(pki, "user").path().size());
    assertEquals("import", pki.log().entries().getLast().action());
    assertTrue(pki.log().verify().accepted());
    assertTrue(Files.readString(dir.resolve("pki/keys/user.pem")).contains("BEGIN ENCRYPTED"));
    assertEquals(
        0,
        Launcher.run(
            new PkiMain(),
            "export",
            "--quiet",
            "--pki",
            file("pki"),
            "--bundle",
            "full",
            "user",
            "-o",
            file("out.pem")));
    Judge.accepts("openssl", "verify", "-CAfile", file("root.pem"), file("out.pem"));
  }

  @Test
  void anAuthorityBringsItsIssuersAlong() throws Exception {
    assertEquals(
        0, run("--authority", "old-root", "--key", file("root.key"), "--cert", file("root.pem")));
    assertEquals(0, role("leaf.key", "leaf.pem"));
    var pki = PkiFolder.open(dir.resolve("pki"));
    assertTrue(pki.authorities().contains("old-root"));
    assertFalse(Files.exists(dir.resolve("pki/certs/user-root.pem")));
    assertEquals(2, Credential.of(pki, "user").path().size());
  }

  @Test
  void refusesWhatIsUnfitAndChangesNothing() throws Exception {
    var before = contents();
    assertEquals(1, role("root.key", "leaf.pem"));
    assertEquals(1, role("leaf.key", "leaf.pem"));
    leaf("bare", "bare.pem");
    assertEquals(1, role("leaf.key", "bare.pem", "root.pem"));
    assertEquals(1, role("leaf.key", "bare.pem", "root.pem", "--accept", "eku-missing"));
    assertEquals(2, role("leaf.key", "bare.pem", "root.pem", "--accept", "all"));
    assertEquals(
        1,
        run(
            "--at",
            Instant.now().plusSeconds(40L * 86400).toString(),
            "--role",
            "user",
            "--key",
            file("leaf.key"),
            "--cert",
            file("leaf.pem"),
            "--cert",
            file("root.pem")));
    assertEquals(3, role("leaf.csr", "leaf.pem", "root.pem"));
    assertEquals(4, role("none.key", "leaf.pem"));
    assertEquals(2, run("--role", "user", "--key", file("leaf.key")));
    assertEquals(2, run("--format", "sbctl"));
    assertEquals(0, role("leaf.key", "leaf.pem", "root.pem", "--dry-run"));
    assertEquals(before, contents());
  }

  @Test
  void anOverrideIsOnRecord() throws Exception {
    leaf("bare", "bare.pem");
    assertEquals(0, role("leaf.key", "bare.pem", "root.pem", "--accept", "role-missing"));
    var entries = PkiFolder.open(dir.resolve("pki")).log().entries();
    assertEquals("accept-finding", entries.getLast().action());
    assertTrue(entries.getLast().subject().startsWith("role-missing: "));
  }

  @Test
  void nothingIsReplacedUnlessSaid() throws Exception {
    assertEquals(0, role("leaf.key", "leaf.pem", "root.pem"));
    var before = contents();
    assertEquals(1, role("leaf.key", "leaf.pem", "root.pem"));
    assertEquals(before, contents());
    assertEquals(0, role("leaf.key", "leaf.pem", "root.pem", "--supersede"));
    var after = contents();
    for (String name : List.of("keys/user.pem", "chains/user.pem")) {
      assertEquals(before.get(name), after.get(name), name);
    }
    assertTrue(after.containsKey("keys/user-2.pem"));
  }

  @Test
  void readsTheOlderFormsOfKeys() throws Exception {
    Judge.accepts("openssl", "ec", "-in", file("leaf.key"), "-out", file("sec1.key"));
    Judge.accepts(
        "openssl", "pkey", "-in", file("leaf.key"), "-outform", "DER", "-out", file("key.der"));
    Judge.accepts(
        "openssl", "ec", "-in", file("leaf.key"), "-outform", "DER", "-out", file("sec1.der"));
    Judge.accepts(
        "openssl",
        "pkcs8",
        "-topk8",
        "-v2",
        "aes256",
        "-passout",
        "pass:theirs",
        "-in",
        file("leaf.key"),
        "-out",
        file("enc.key"));
    assertTrue(Files.readString(dir.resolve("sec1.key")).contains("BEGIN EC PRIVATE KEY"));
    Files.writeString(dir.resolve("theirs"), "theirs\n");
    for (String key : List.of("leaf.key", "sec1.key", "key.der", "sec1.der", "enc.key")) {
      assertEquals(
          0,
          role(key, "leaf.pem", "root.pem", "--supersede", "--source-pass-file", file("theirs")),
          key);
    }
    Files.writeString(dir.resolve("theirs"), "others\n");
    assertEquals(
        1,
        role(
            "enc.key",
            "leaf.pem",
            "root.pem",
            "--supersede",
            "--source-pass-file",
            file("theirs")));
    Judge.accepts("openssl", "genrsa", "-traditional", "-out", file("rsa.key"), "2048");
    var pem = ForeignPem.parse(Inputs.read(dir.resolve("rsa.key"))).key();
    assertTrue(pem.utf8().startsWith("-----BEGIN PRIVATE KEY"));
    assertThrows(
        dev.trustme.bytes.FormatException.class,
        () ->
            ForeignPem.parse(
                Bytes.utf8("-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n")));
  }
}
