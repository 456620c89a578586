// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.Revocations;
import dev.trustme.issue.SmallPki;
import dev.trustme.key.Judge;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CRLHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleCommandsTest {
  private static final String UUID = "7c673ee7-c41c-431a-89ad-11590e357214";
  private static final String AT = SmallPki.AT.plusSeconds(3600).toString();
  private static final String EPOCH = Long.toString(SmallPki.AT.plusSeconds(3700).getEpochSecond());

  @TempDir private Path dir;

  @BeforeEach
  void makePki() throws Exception {
    SmallPki.create(dir.resolve("pki"));
  }

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
  void opensslChecksFullAndDeltaLists() throws Exception {
    signed("lost", UUID);
    signed("kept", "00000000-0000-4000-8000-000000000001");
    assertEquals(1, run("crl", "device", "--delta"));
    assertEquals(0, run("crl", "--all"));
    checked("lost", true, "device");
    assertEquals(0, run("revoke", file("lost/lost.pem"), "--reason", "key-compromise"));
    checked("lost", true, "device");
    assertEquals(0, run("crl", "device", "--delta"));
    assertEquals(1, deltaChecked("kept", "device"));
    assertEquals(0, deltaChecked("lost", "device"));
    assertEquals(0, run("crl", "device"));
    checked("lost", false, "device");
    checked("kept", true, "device");
    var lists = Revocations.of(pki()).lists();
    assertEquals(3, lists.get("device").number());
    assertEquals(1, lists.get("root").number());
    assertIntactLog();
  }

  @Test
  void revokesOnceAndOnlyItsOwn() throws Exception {
    signed("a", UUID);
    String serial = Revocations.serial(Certificates.parse(read("a/a.pem")).getFirst());
    assertEquals(0, run("revoke", "serial:" + serial, "--reason", "superseded"));
    assertEquals(1, run("revoke", "serial:" + serial, "--reason", "key-compromise"));
    assertEquals(1, run("revoke", "serial:dead", "--reason", "superseded"));
    assertEquals(1, run("revoke", "root", "--reason", "ca-compromise"));
    assertEquals(2, run("revoke", "container", "--reason", "certificate-hold"));
    assertEquals(4, run("revoke", "nobody", "--reason", "superseded"));
    SmallPki.create(dir.resolve("other"));
    assertEquals(1, run("revoke", file("other/certs/container.pem"), "--reason", "superseded"));
    assertEquals(0, run("revoke", "device", "container", "--reason", "cessation-of-operation"));
    assertEquals(3, Revocations.of(pki()).revoked().size());
    assertEquals("root", Revocations.of(pki()).revoked().get(1).issuer());
    Files.writeString(dir.resolve("pki/revocation.json"), "{}");
    assertEquals(3, run("revoke", "guests", "--reason", "superseded"));
  }

  @Test
  void listsNeverGoBack() throws Exception {
    assertEquals(0, run("crl", "device"));
    assertEquals(1, at(SmallPki.AT.plusSeconds(10).toString(), "crl", "device"));
    assertEquals(1, at("2060-01-01T00:00:00Z", "crl", "device"));
    assertEquals(2, run("crl"));
    assertEquals(2, run("crl", "nobody"));
    assertEquals(1, number("device"));
    assertEquals(0, run("crl", "device"));
    assertEquals(2, number("device"));
  }

  @Test
  void opensslTrustsTheResponder() throws Exception {
    signed("good", UUID);
    signed("bad", "00000000-0000-4000-8000-000000000001");
    assertEquals(0, run("revoke", file("bad/bad.pem"), "--reason", "key-compromise"));
    assertEquals(0, run("ocsp", "device", "--serial", "c0ffee"));
    assertTrue(ocsp("good").contains(": good"), ocsp("good"));
    String bad = ocsp("bad");
    assertTrue(bad.contains(": revoked") && bad.contains("keyCompromise"), bad);
    String unknown =
        Judge.accepts(
            "openssl",
            "ocsp",
            "-respin",
            dir.resolve("pki/ocsp/device/c0ffee.ocsp"),
            "-issuer",
            dir.resolve("pki/certs/device.pem"),
            "-serial",
            "0xc0ffee",
            "-CAfile",
            dir.resolve("pki/certs/root.pem"),
            "-verify_other",
            dir.resolve("pki/certs/device.pem"),
            "-attime",
            EPOCH);
    assertTrue(unknown.contains(": unknown"), unknown);
    assertEquals(1, pki().index().superseded().size() + 1);
    assertEquals(1, run("ocsp", "root"));
    assertIntactLog();
  }

  @Test
  void theResponderIsRenewedBeforeItEnds() throws Exception {
    var first = pki().responder("device");
    assertEquals(0, at("2027-11-15T00:00:00Z", "ocsp", "device"));
    var second = pki().responder("device");
    assertNotEquals(first, second);
    assertEquals("2028-11-15T00:00:00Z", second.getNotAfter().toInstant().toString());
    assertEquals(0, at("2027-11-16T00:00:00Z", "ocsp", "device"));
    assertEquals(second, pki().responder("device"));
  }

  @Test
  void rootsVouchForEachOther() throws Exception {
    Files.copy(dir.resolve("pki/certs/root.pem"), dir.resolve("old.pem"));
    assertEquals(0, run("rollover", "root"));
    verifies("pki/chains/container.pem");
    assertEquals(0, run("rollover", "device"));
    assertEquals(0, run("issue", "container"));
    var untrusted = dir.resolve("with-link.pem");
    Files.writeString(
        untrusted,
        Files.readString(dir.resolve("pki/chains/container-2.pem"))
            + Files.readString(dir.resolve("pki/links/root-2.new-with-old.pem")));
    openssl(dir.resolve("pki/chains/container-2.pem"), untrusted, dir.resolve("old.pem"), true);
    openssl(
        dir.resolve("pki/chains/container-2.pem"),
        dir.resolve("pki/chains/container-2.pem"),
        dir.resolve("old.pem"),
        false);
    Files.writeString(
        untrusted,
        Files.readString(dir.resolve("pki/chains/container.pem"))
            + Files.readString(dir.resolve("pki/links/root-2.old-with-new.pem")));
    openssl(
        dir.resolve("pki/chains/container.pem"),
        untrusted,
        dir.resolve("pki/certs/root-2.pem"),
        true);
    openssl(
        dir.resolve("pki/chains/container.pem"),
        dir.resolve("pki/chains/container.pem"),
        dir.resolve("pki/certs/root-2.pem"),
        false);
    assertIntactLog();
    assertEquals(2, run("rollover", "nobody"));
  }

  /** What an old key issued is revoked by the old key's list, which openssl then finds. */
  @Test
  void everyGenerationAnswersForItsOwn() throws Exception {
    signed("a", UUID);
    assertEquals(0, run("rollover", "device"));
    signed("b", "00000000-0000-4000-8000-000000000001");
    assertEquals(0, run("revoke", file("a/a.pem"), file("b/b.pem"), "--reason", "superseded"));
    assertEquals(0, run("crl", "--all"));
    assertEquals(1, revoked("device").size());
    assertEquals(1, revoked("device-2").size());
    checked("a", false, "device");
    checked("b", false, "device-2");
    assertEquals(0, run("ocsp", "device"));
    assertTrue(Files.exists(dir.resolve("pki/ocsp/device/" + serial("a") + ".ocsp")));
    assertTrue(Files.exists(dir.resolve("pki/ocsp/device-2/" + serial("b") + ".ocsp")));
    assertTrue(ocsp("a").contains(": revoked"));
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

  private void signed(String name, String uuid) throws Exception {
    request(name, "uuid:" + uuid);
    assertEquals(0, run("sign-csr", "--template", "device", file(name + ".csr"), "-o", file(name)));
  }

  private void request(String name, String alternative) {
    assertEquals(
        0,
        Launcher.run(
            new PkiMain(),
            "request",
            "--quiet",
            "--subject",
            "CN=gate",
            "--name",
            alternative,
            "--key-out",
            file(name + ".key"),
            "--plaintext-keys",
            "-o",
            file(name + ".csr")));
  }

  /** Whether openssl, with the full lists of issuer and root, takes the certificate. */
  private void checked(String name, boolean good, String issuer) throws Exception {
    var command =
        List.of(
            "openssl",
            "verify",
            "-crl_check",
            "-attime",
            EPOCH,
            "-CAfile",
            file("pki/certs/root.pem"),
            "-untrusted",
            file(name + "/" + name + ".pem"),
            "-CRLfile",
            pemOf(issuer),
            file(name + "/" + name + ".pem"));
    if (good) {
      Judge.accepts(command.toArray());
    } else {
      String words = Judge.refuses(command.toArray());
      assertTrue(words.contains("certificate revoked"), words);
    }
  }

  /** 1 where openssl, with full and delta list, takes the certificate, else 0. */
  private int deltaChecked(String name, String issuer) throws Exception {
    Path both = dir.resolve("both.pem");
    Files.writeString(
        both,
        Files.readString(Path.of(pemOf(issuer)))
            + Files.readString(Path.of(pemOf(issuer + ".delta"))));
    Object[] command = {
      "openssl",
      "verify",
      "-crl_check",
      "-extended_crl",
      "-use_deltas",
      "-attime",
      EPOCH,
      "-CAfile",
      file("pki/certs/root.pem"),
      "-untrusted",
      file(name + "/" + name + ".pem"),
      "-CRLfile",
      both,
      file(name + "/" + name + ".pem")
    };
    try {
      Judge.accepts(command);
      return 1;
    } catch (AssertionError e) {
      String words = Judge.refuses(command);
      assertTrue(words.contains("certificate revoked"), words);
      return 0;
    }
  }

  private String pemOf(String list) throws Exception {
    Path pem = dir.resolve(list + ".crl.pem");
    Judge.accepts(
        "openssl",
        "crl",
        "-inform",
        "DER",
        "-in",
        dir.resolve("pki/crls/" + list + ".crl"),
        "-out",
        pem);
    return pem.toString();
  }

  private String ocsp(String name) throws Exception {
    return Judge.accepts(
        "openssl",
        "ocsp",
        "-respin",
        dir.resolve("pki/ocsp/device/" + serial(name) + ".ocsp"),
        "-issuer",
        dir.resolve("pki/certs/device.pem"),
        "-cert",
        dir.resolve(name + "/" + name + ".pem"),
        "-CAfile",
        dir.resolve("pki/certs/root.pem"),
        "-verify_other",
        dir.resolve("pki/certs/device.pem"),
        "-attime",
        EPOCH);
  }

  private String serial(String name) throws Exception {
    return Revocations.serial(Certificates.parse(read(name + "/" + name + ".pem")).getFirst());
  }

  private List<?> revoked(String list) throws Exception {
    return List.copyOf(
        new X509CRLHolder(read("pki/crls/" + list + ".crl").toArray()).getRevokedCertificates());
  }

  private void verifies(String chain) throws Exception {
    openssl(dir.resolve(chain), dir.resolve(chain), dir.resolve("pki/certs/root.pem"), true);
  }

  private static void openssl(Path leaf, Path untrusted, Path root, boolean good) throws Exception {
    Object[] command = {
      "openssl",
      "verify",
      "-x509_strict",
      "-attime",
      EPOCH,
      "-CAfile",
      root,
      "-untrusted",
      untrusted,
      leaf
    };
    if (good) {
      Judge.accepts(command);
    } else {
      Judge.refuses(command);
    }
  }

  private long number(String list) throws Exception {
    var extension =
        new X509CRLHolder(read("pki/crls/" + list + ".crl").toArray())
            .getExtension(org.bouncycastle.asn1.x509.Extension.cRLNumber);
    return org.bouncycastle.asn1.x509.CRLNumber.getInstance(extension.getParsedValue())
        .getCRLNumber()
        .longValueExact();
  }

  private int run(String... arguments) {
    return at(AT, arguments);
  }

  private int at(String time, String... arguments) {
    return Launcher.run(
        new PkiMain(),
        Stream.concat(
                Stream.of(arguments), Stream.of("--quiet", "--pki", file("pki"), "--at", time))
            .toArray(String[]::new));
  }

  private int locked(String passphrase, String... arguments) {
    return Launcher.run(
        new PkiMain(),
        Stream.concat(
                Stream.of(arguments),
                Stream.of(
                    "--quiet",
                    "--pki",
                    file("locked"),
                    "--at",
                    AT,
                    "--pass-file",
                    file(passphrase)))
            .toArray(String[]::new));
  }

  private PkiFolder pki() throws Exception {
    return PkiFolder.open(dir.resolve("pki"));
  }

  private void assertIntactLog() throws Exception {
    assertTrue(pki().log().verify() instanceof Verdict.Accepted<?>);
  }

  private Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(dir.resolve(name)));
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }

  /** Every file with its content. */
  private TreeMap<String, Bytes> snapshot() throws Exception {
    var found = new TreeMap<String, Bytes>();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.put(dir.relativize(file).toString(), Bytes.copyOf(Files.readAllBytes(file)));
      }
    }
    return found;
  }
}
