// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiIndex;
import dev.trustme.issue.PlatformUpdate;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyProtection;
import dev.trustme.testing.SoftToken;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.SignatureVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New PK and KEK: who takes which update, by the verifier that decides as firmware does. */
class SecureBootRotateTest {
  private static final String DIGEST = "sha256:" + "9f".repeat(32);

  @TempDir private static Path shared;
  @TempDir private Path dir;

  @BeforeEach
  void copyOfOnePki() throws Exception {
    if (!Files.exists(shared.resolve("pki"))) {
      TestPki.create("ci", shared.resolve("pki"), KeyProtection.plaintext());
    }
    Judge.accepts("cp", "-r", shared.resolve("pki"), dir.resolve("pki"));
    Files.writeString(dir.resolve("pin"), SoftToken.PIN + "\n");
    assertEquals(0, change("revoke", "--hash", DIGEST));
  }

  private int change(String... arguments) {
    return Launcher.run(
        new PkiMain(),
        Stream.of(
                Stream.of("secure-boot"),
                Stream.of(arguments),
                Stream.of("--quiet", "--pki", file("pki"), "--at", "2026-11-23T00:00:00Z"),
                Stream.of("--pass-file", file("pin"), "--pin-file", file("pin")))
            .flatMap(words -> words)
            .toArray(String[]::new));
  }

  /** Exit code of verify; {@code signer} is a certificate's file, or none for setup mode. */
  private int verify(String update, String... signer) {
    return Launcher.run(
        new PkiMain(),
        Stream.concat(
                Stream.of("secure-boot", "verify", "--quiet", boot(update).toString()),
                Stream.of(signer).flatMap(s -> Stream.of("--signer", file(s))))
            .toArray(String[]::new));
  }

  private Path boot(String name) {
    return dir.resolve("pki/secure-boot").resolve(name);
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }

  private PkiFolder pki() throws Exception {
    return PkiFolder.open(dir.resolve("pki"));
  }

  private List<X509CertificateHolder> content(SignatureVariable variable) throws Exception {
    return PlatformUpdate.content(pki(), variable).certificates();
  }

  @Test
  void aNewKekComesFromPkAndSignsTheRestAnew() throws Exception {
    var db = Bytes.copyOf(Files.readAllBytes(boot("db.esl")));
    assertEquals(0, verify("db.auth", "pki/certs/KEK.pem"));
    assertEquals(0, change("rotate", "KEK"));
    assertEquals(0, verify("KEK.auth", "pki/certs/PK.pem"));
    assertEquals(1, verify("KEK.auth", "pki/certs/KEK.pem"));
    for (String update : List.of("db.auth", "dbx.auth")) {
      assertEquals(0, verify(update, "pki/certs/KEK-2.pem"), update);
      assertEquals(1, verify(update, "pki/certs/KEK.pem"), update);
    }
    assertEquals(db, Bytes.copyOf(Files.readAllBytes(boot("db.esl"))));
    assertEquals(List.of(pki().keyExchangeKey()), content(SignatureVariable.KEK));
    Judge.accepts("sig-list-to-certs", boot("KEK.esl"), dir.resolve("kek"));
    assertEquals(
        Certificates.der(pki().keyExchangeKey()),
        Bytes.copyOf(Files.readAllBytes(dir.resolve("kek-0.der"))));
    assertEquals(
        List.of(new PkiIndex.Superseded("KEK", "certs/KEK.pem", "keys/KEK.pem")),
        pki().index().superseded());
    // The next update is the new key's.
    assertEquals(0, change("revoke", "--hash", "sha256:" + "8e".repeat(32)));
    assertEquals(0, verify("dbx.auth", "pki/certs/KEK-2.pem"));
    assertEquals(0, Launcher.run(new PkiMain(), "audit", "verify", "-q", "--pki", file("pki")));
  }

  @Test
  void theOldKekStaysWhereItIsSaid() throws Exception {
    var old = pki().keyExchangeKey();
    assertEquals(0, change("rotate", "KEK", "--keep-old"));
    assertEquals(List.of(pki().keyExchangeKey(), old), content(SignatureVariable.KEK));
    assertEquals(2, change("rotate", "PK", "--keep-old"));
    assertEquals(2, change("rotate", "db"));
  }

  @Test
  void aNewPkComesFromTheOldOne() throws Exception {
    assertEquals(0, change("rotate", "PK"));
    assertEquals(0, verify("PK.new-with-old.auth", "pki/certs/PK.pem"));
    assertEquals(1, verify("PK.new-with-old.auth", "pki/certs/PK-2.pem"));
    assertEquals(1, verify("PK.new-with-old.auth"));
    assertEquals(0, verify("PK.auth"));
    assertEquals(1, verify("PK.auth", "pki/certs/PK.pem"));
    assertEquals(0, verify("KEK.auth", "pki/certs/PK-2.pem"));
    assertEquals(1, verify("KEK.auth", "pki/certs/PK.pem"));
    assertEquals(0, verify("db.auth", "pki/certs/KEK.pem"));
    assertEquals(List.of(pki().platformKey()), content(SignatureVariable.PK));
    assertEquals(0, change("rotate", "PK"));
    assertEquals(0, verify("PK.new-with-old.auth", "pki/certs/PK-2.pem"));
    assertEquals(2, pki().index().superseded().size());
  }

  @Test
  void keysOfTokensSignUpdates() throws Exception {
    var token = SoftToken.in(Files.createDirectory(dir.resolve("hsm"))).token("sb");
    String kek = "pkcs11:token=sb;object=KEK?module-path=" + SoftToken.MODULE;
    assertEquals(0, change("rotate", "KEK", "--key", kek, "--dry-run"));
    assertEquals("", token.tool("sb", "--list-objects", "--type", "privkey").strip());
    assertEquals(0, change("rotate", "KEK", "--key", kek));
    assertEquals(0, verify("db.auth", "pki/certs/KEK-2.pem"));
    assertEquals(0, change("revoke", "--hash", "sha256:" + "8e".repeat(32)));
    assertEquals(0, verify("dbx.auth", "pki/certs/KEK-2.pem"));
    assertFalse(Files.exists(dir.resolve("pki/keys/KEK-2.pem")));
    assertTrue(pki().log().verify().accepted());
  }

  @Test
  void keysOfTpmsSignUpdates() throws Exception {
    try (var tpm = SoftwareTpm.start(dir.resolve("tpm"))) {
      String kek = "tpm2:0x81000108?tcti=" + tpm.tcti();
      assertEquals(0, change("rotate", "KEK", "--key", kek));
      assertEquals(0, verify("db.auth", "pki/certs/KEK-2.pem"));
      assertEquals(0, change("revoke", "--hash", "sha256:" + "8e".repeat(32)));
      assertEquals(0, verify("dbx.auth", "pki/certs/KEK-2.pem"));
      assertFalse(Files.exists(dir.resolve("pki/keys/KEK-2.pem")));
    }
    // Without the TPM nothing is signed, and nothing has changed.
    var before = Files.readAllBytes(boot("dbx.auth"));
    assertEquals(4, change("revoke", "--hash", "sha256:" + "8f".repeat(32)));
    assertEquals(Bytes.copyOf(before), Bytes.copyOf(Files.readAllBytes(boot("dbx.auth"))));
    assertTrue(pki().log().verify().accepted());
  }
}
