// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PlatformUpdate;
import dev.trustme.key.Judge;
import dev.trustme.key.Passphrase;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.trust.Role;
import dev.trustme.uefi.SignatureVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** PKCS#12 files of openssl, and signature lists and updates of efitools. */
class ImportContainersTest extends ImportWorkshop {
  private static final String OWNER = "7c673ee7-c41c-431a-89ad-11590e357214";

  private void pkcs12(String out, Object... more) throws Exception {
    List<Object> command = new ArrayList<>(List.of("openssl", "pkcs12", "-export"));
    command.addAll(List.of("-inkey", file("leaf.key"), "-passout", "pass:foreign"));
    command.addAll(List.of("-out", file(out)));
    command.addAll(List.of(more));
    Judge.accepts(command.toArray());
    Files.writeString(dir.resolve("foreign"), "foreign\n");
  }

  private int user(String reference, String passphrase) {
    return run("--role", "user", "--key", reference, "--source-pass-file", file(passphrase));
  }

  @Test
  void takesInAKeyOfPkcs12() throws Exception {
    pkcs12("k.p12", "-in", file("leaf.pem"), "-certfile", file("root.pem"), "-name", "boss");
    var before = contents();
    String named = "pkcs12:" + file("k.p12");
    assertEquals(1, user(named + "?alias=boss", "pass"));
    assertEquals(4, user(named + "?alias=nobody", "foreign"));
    assertEquals(2, user("tpm2:" + file("k.p12"), "foreign"));
    pkcs12("bare.p12", "-nocerts");
    assertEquals(1, user("pkcs12:" + file("bare.p12"), "foreign"));
    leaf("bare", "other.pem");
    pkcs12("other.p12", "-in", file("other.pem"), "-certfile", file("root.pem"));
    assertEquals(1, user("pkcs12:" + file("other.p12"), "foreign"));
    pkcs12("short.p12", "-in", file("leaf.pem"));
    assertEquals(1, user("pkcs12:" + file("short.p12"), "foreign"));
    byte[] content = Files.readAllBytes(dir.resolve("k.p12"));
    Files.write(dir.resolve("cut.p12"), java.util.Arrays.copyOf(content, content.length - 9));
    assertEquals(3, user("pkcs12:" + file("cut.p12"), "foreign"));
    assertEquals(before, contents());

    assertEquals(0, user(named + "?alias=boss", "foreign"));
    var pki = PkiFolder.open(dir.resolve("pki"));
    try (var none = Passphrase.of(new char[0]);
        var key = pki.key(Role.USER, none)) {
      assertEquals(pki.chain(Role.USER).getFirst().getSubjectPublicKeyInfo(), key.publicKey());
    }
    assertEquals("import", pki.log().entries().getLast().action());
    assertTrue(pki.log().entries().getLast().serial().isPresent());
  }

  @Test
  void mergesWhatABelievedKeySigned() throws Exception {
    rsa("vendor");
    rsa("entry");
    Judge.accepts("cert-to-efi-sig-list", "-g", OWNER, file("entry.pem"), file("entry.esl"));
    signed("vendor", "db", "db.auth");
    var before = contents();
    assertEquals(1, lists("db", "db.auth"));
    assertEquals(before, contents());
    assertEquals(0, secureBoot("update", "KEK", "--cert", file("vendor.pem")));
    before = contents();
    assertEquals(1, lists("dbx", "db.auth"));
    byte[] update = Files.readAllBytes(dir.resolve("db.auth"));
    update[update.length - 1] ^= 1;
    Files.write(dir.resolve("changed.auth"), update);
    assertEquals(1, lists("db", "changed.auth"));
    assertEquals(2, lists("MokList", "db.auth"));
    assertEquals(1, lists("PK", "db.auth"));
    signed("entry", "db", "stranger.auth");
    assertEquals(1, lists("db", "stranger.auth"));
    assertEquals(before, contents());

    assertEquals(0, lists("db", "db.auth"));
    var pki = PkiFolder.open(dir.resolve("pki"));
    var db = PlatformUpdate.content(pki, SignatureVariable.db);
    var theirs = KeyDatabase.parse(dev.trustme.files.Inputs.read(dir.resolve("entry.esl")));
    assertTrue(db.entries().containsAll(theirs.entries()));
    assertEquals(2, db.entries().size());
    assertEquals(0, verify("db.auth"));
    assertEquals("import", pki.log().entries().getLast().action());
    assertEquals(1, lists("db", "db.auth"));
  }

  @Test
  void mergesPlainLists() throws Exception {
    rsa("entry");
    Judge.accepts("cert-to-efi-sig-list", "-g", OWNER, file("entry.pem"), file("entry.esl"));
    byte[] content = Files.readAllBytes(dir.resolve("entry.esl"));
    Files.write(dir.resolve("cut.esl"), java.util.Arrays.copyOf(content, content.length - 1));
    var before = contents();
    assertEquals(3, lists("dbx", "cut.esl"));
    assertEquals(2, run("--variable", "dbx"));
    assertEquals(2, run("--variable", "dbx", "--lists", file("entry.esl"), "--role", "user"));
    assertEquals(0, run("--variable", "dbx", "--lists", file("entry.esl"), "--dry-run"));
    assertEquals(before, contents());
    assertEquals(0, lists("dbx", "entry.esl"));
    assertEquals(0, verify("dbx.auth"));
    var entry = PkiFolder.open(dir.resolve("pki")).log().entries().getLast();
    assertTrue(entry.subject().contains("signed by nobody"), entry.subject());
  }

  private void rsa(String name) throws Exception {
    Judge.accepts(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "9",
        "-subj",
        "/CN=" + name,
        "-keyout",
        file(name + ".key"),
        "-out",
        file(name + ".pem"));
  }

  private void signed(String by, String variable, String out) throws Exception {
    Judge.accepts(
        "sign-efi-sig-list",
        "-t",
        "2026-11-22 10:00:00",
        "-c",
        file(by + ".pem"),
        "-k",
        file(by + ".key"),
        variable,
        file("entry.esl"),
        file(out));
  }

  private int lists(String variable, String file) {
    return run("--variable", variable, "--lists", file(file));
  }

  private int secureBoot(String... arguments) {
    var words = new ArrayList<>(List.of("secure-boot"));
    words.addAll(List.of(arguments));
    words.addAll(List.of("--quiet", "--pki", file("pki"), "--pass-file", file("pass")));
    return Launcher.run(new PkiMain(), words.toArray(String[]::new));
  }

  private int verify(String update) {
    return Launcher.run(
        new PkiMain(),
        "secure-boot",
        "verify",
        "--quiet",
        Path.of(file("pki"), "secure-boot", update).toString(),
        "--pki",
        file("pki"));
  }
}
