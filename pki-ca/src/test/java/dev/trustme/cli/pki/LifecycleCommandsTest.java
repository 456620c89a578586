// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.cli.Launcher;
import dev.trustme.issue.SmallPki;
import dev.trustme.key.Judge;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LifecycleCommandsTest extends LifecycleFixture {
  @Test
  void issueKeepsTheGenerationBefore() throws Exception {
    var first = pki().chain(Role.CONTAINER).getFirst();
    assertEquals(0, run("issue", "container"));
    assertEquals(0, run("issue", "container", "--keep-key"));
    var third = pki().chain(Role.CONTAINER).getFirst();
    var second = Certificates.parse(read("pki/certs/container-2.pem")).getFirst();
    assertNotEquals(first.getSubjectPublicKeyInfo(), second.getSubjectPublicKeyInfo());
    assertEquals(second.getSubjectPublicKeyInfo(), third.getSubjectPublicKeyInfo());
    assertNotEquals(second, third);
    assertEquals(2, pki().index().superseded().size());
    assertEquals(3, pki().index().issued());
    assertTrue(Files.exists(dir.resolve("pki/chains/container.pem")));
    verifies("pki/chains/container-3.pem");
    assertIntactLog();
    assertEquals(2, run("issue"));
    assertEquals(2, run("issue", "boot"));
    assertEquals(2, run("issue", "container", "container"));
  }

  @Test
  void dryRunsWriteNothing() throws Exception {
    request("a", "uuid:" + UUID);
    var before = snapshot();
    assertEquals(0, run("issue", "container", "--dry-run"));
    assertEquals(0, run("revoke", "container", "--reason", "superseded", "--dry-run"));
    assertEquals(0, run("crl", "--all", "--dry-run"));
    assertEquals(0, run("ocsp", "device", "--dry-run"));
    assertEquals(0, run("rollover", "root", "--dry-run"));
    assertEquals(
        0, run("sign-csr", "--template", "device", file("a.csr"), "-o", file("out"), "--dry-run"));
    assertEquals(before, snapshot());
  }

  @Test
  void aWrongPassphraseChangesNothing() throws Exception {
    SmallPki.encrypted(dir.resolve("locked"), "right");
    Files.writeString(dir.resolve("wrong"), "wrong\n");
    Files.writeString(dir.resolve("right"), "right\n");
    var before = snapshot();
    for (String[] verb :
        new String[][] {
          {"issue", "container"}, {"crl", "device"}, {"ocsp", "device"}, {"rollover", "root"}
        }) {
      assertEquals(1, locked("wrong", verb), String.join(" ", verb));
    }
    assertEquals(before, snapshot());
    assertEquals(0, locked("right", "issue", "container"));
    assertTrue(read("locked/keys/container-2.pem").utf8().startsWith("-----BEGIN ENCRYPTED"));
    assertEquals(0, locked("right", "rollover", "root"));
    assertEquals(0, locked("right", "crl", "--all"));
  }

  @Test
  void requestsForAnAuthorityMadeElsewhere() throws Exception {
    request("guests", "dns:ignored.example");
    assertEquals(1, run("sign-csr", "--authority", "guests", file("guests.csr"), "-o", file("g")));
    assertFalse(Files.exists(dir.resolve("g")));
    assertEquals(
        0,
        run(
            "sign-csr",
            "--authority",
            "guests",
            file("guests.csr"),
            "-o",
            file("g"),
            "--drop-extras"));
    String text =
        Judge.accepts("openssl", "x509", "-in", dir.resolve("g/guests.pem"), "-noout", "-text");
    assertTrue(text.contains("CA:TRUE, pathlen:0") && !text.contains("ignored.example"), text);
    verifies("g/guests.pem");
    assertEquals(3, run("sign-csr", "--authority", "root", file("guests.csr"), "-o", file("r")));
  }

  @Test
  void goodRequestsAreSignedBesideBadOnes() throws Exception {
    Files.createDirectory(dir.resolve("in"));
    for (int i = 0; i < 5; i++) {
      request("in/d" + i, "uuid:00000000-0000-4000-8000-00000000000" + i);
    }
    Files.copy(dir.resolve("in/d1.csr"), dir.resolve("in/e1.csr"));
    Files.writeString(dir.resolve("in/junk.csr"), "junk");
    assertEquals(3, run("sign-csr", "--template", "device", file("in"), "-o", file("out")));
    try (Stream<Path> out = Files.list(dir.resolve("out"))) {
      assertEquals(6, out.count());
    }
    verifies("out/e1.pem");
    request("thief", "uuid:00000000-0000-4000-8000-000000000001");
    assertEquals(1, run("sign-csr", "--template", "device", file("thief.csr"), "-o", file("t")));
    assertEquals(
        0,
        run(
            "sign-csr",
            "--template",
            "device",
            file("thief.csr"),
            "-o",
            file("t"),
            "--allow-known-names"));
    assertEquals(
        0,
        Launcher.run(
            new PkiMain(),
            "request",
            "--quiet",
            "--subject",
            "CN=other",
            "--name",
            "uuid:00000000-0000-4000-8000-000000000009",
            "--key",
            file("in/d2.key"),
            "-o",
            file("again.csr")));
    assertEquals(1, run("sign-csr", "--template", "device", file("again.csr"), "-o", file("s")));
    assertEquals(
        0,
        run(
            "sign-csr",
            "--template",
            "device",
            file("again.csr"),
            "-o",
            file("s"),
            "--allow-known-keys"));
    assertEquals(
        2,
        run(
            "sign-csr",
            "--template",
            "device",
            file("in/d1.csr"),
            file("in/d1.csr"),
            "-o",
            file("u")));
    assertEquals(3, run("sign-csr", "--template", "none", file("in/d1.csr"), "-o", file("u")));
    assertEquals(4, run("sign-csr", "--template", "device", file("none.csr"), "-o", file("u")));
    assertIntactLog();
  }

  @Test
  void aTemplateForSomebodyElse() throws Exception {
    assertEquals(
        0,
        run(
            "issue",
            "--template",
            "device",
            "--common-name",
            "gate",
            "--name",
            "uuid:" + UUID,
            "--plaintext-keys",
            "-o",
            file("gate")));
    verifies("gate/chain.pem");
    String key = Judge.accepts("openssl", "pkey", "-in", dir.resolve("gate/key.pem"), "-pubout");
    assertEquals(
        key,
        Judge.accepts("openssl", "x509", "-in", dir.resolve("gate/cert.pem"), "-noout", "-pubkey"));
    assertEquals(
        1,
        run(
            "issue",
            "--template",
            "device",
            "--common-name",
            "gate",
            "--plaintext-keys",
            "-o",
            file("x")));
    assertEquals(2, run("issue", "--template", "device", "--common-name", "gate", "-o", file("x")));
    assertFalse(Files.exists(dir.resolve("x")));
  }

  @Test
  void everyVerbTeaches() {
    for (String verb :
        List.of("issue", "request", "sign-csr", "revoke", "crl", "ocsp", "rollover")) {
      assertEquals(0, Launcher.run(new PkiMain(), verb, "--help"));
      assertEquals(2, Launcher.run(new PkiMain(), verb, "--no-such-option"));
    }
  }
}
