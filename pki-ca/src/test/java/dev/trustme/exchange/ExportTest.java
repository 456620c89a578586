// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.SignatureList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we export, judged by the tools that shall read it. */
class ExportTest {
  @TempDir private static Path shared;
  @TempDir private Path dir;

  private static PkiFolder pki;

  @BeforeAll
  static void create() throws Exception {
    try (var passphrase = Passphrase.of("inside".toCharArray())) {
      pki = TestPki.create("gyroidos", shared.resolve("pki"), KeyProtection.encrypted(passphrase));
    }
  }

  @BeforeEach
  void passphrases() throws Exception {
    Files.writeString(dir.resolve("in"), "inside\n");
    Files.writeString(dir.resolve("out"), "outside\n");
  }

  @Test
  void gyroidosFolderHasItsFilesAndBundles() throws Exception {
    assertEquals(
        0, export("--format", "gyroidos", "--with-key", "--plaintext-keys", "-o", file("certs")));
    var bundles =
        Map.ofEntries(
            Map.entry("ssig_rootca", List.of("Software Signing Root CA")),
            Map.entry("ssig_subca", List.of("Software Signing Sub CA", "Software Signing Root CA")),
            Map.entry(
                "ssig",
                List.of(
                    "Software Signing Certificate",
                    "Software Signing Sub CA",
                    "Software Signing Root CA")),
            Map.entry("ssig_subca_cml", List.of("CML Signing Sub CA")),
            Map.entry("ssig_cml", List.of("CML Signing Certificate", "CML Signing Sub CA")),
            Map.entry("gen_rootca", List.of("General Root CA")),
            Map.entry("device_subca", List.of("Device Sub CA", "General Root CA")),
            Map.entry("backend_subca", List.of("Backend Sub CA", "General Root CA")),
            Map.entry("user_subca", List.of("User Sub CA", "General Root CA")),
            Map.entry(
                "backend", List.of("Backend Certificate", "Backend Sub CA", "General Root CA")),
            Map.entry(
                "ocsp_server",
                List.of("OCSP Server Certificate", "Backend Sub CA", "General Root CA")));
    for (var bundle : bundles.entrySet()) {
      var found =
          Certificates.parse(Inputs.read(dir.resolve("certs/" + bundle.getKey() + ".cert")));
      assertEquals(
          bundle.getValue(),
          found.stream()
              .map(c -> c.getSubject().toString().replaceAll(".*CN=GyroidOS ", ""))
              .toList());
      assertTrue(Files.exists(dir.resolve("certs/" + bundle.getKey() + ".key")));
    }
    for (String name :
        List.of(
            "PK.crt",
            "PK.key",
            "PK.esl",
            "PK.auth",
            "PK.cer",
            "KEK.crt",
            "KEK.key",
            "KEK.esl",
            "KEK.auth",
            "DB.crt",
            "DB.key",
            "DB.esl",
            "DB.auth",
            "ssig_subca.esl",
            "certs/signing_key.pem",
            "certs/signing_key.x509")) {
      assertTrue(Files.exists(dir.resolve("certs").resolve(name)), name);
    }
    onlyTheirOwnersReadKeys();
  }

  private void onlyTheirOwnersReadKeys() throws Exception {
    try (Stream<Path> files = Files.walk(dir.resolve("certs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean secret =
            Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1)
                .contains("PRIVATE KEY");
        assertEquals(
            secret ? "rw-------" : "rw-r--r--",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file.toString());
      }
    }
  }

  /** The build's own way to sign a configuration, and the device's to verify it. */
  @Test
  void gyroidosRecipeSignsAndVerifies() throws Exception {
    assertEquals(
        0, export("--format", "gyroidos", "--with-key", "--plaintext-keys", "-o", file("certs")));
    Path conf = Files.writeString(dir.resolve("os-1.conf"), "name: \"os\"\nversion: 1\n");
    Judge.accepts(
        "openssl",
        "dgst",
        "-sha512",
        "-sign",
        file("certs/ssig_cml.key"),
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:-1",
        "-out",
        file("os-1.sig"),
        conf);
    Files.writeString(
        dir.resolve("cml.pub"),
        Judge.accepts("openssl", "x509", "-in", file("certs/ssig_cml.cert"), "-noout", "-pubkey"));
    Judge.accepts(
        "openssl",
        "dgst",
        "-sha512",
        "-verify",
        file("cml.pub"),
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:64",
        "-sigopt",
        "rsa_mgf1_md:sha512",
        "-signature",
        file("os-1.sig"),
        conf);
    verify("ssig_rootca", "ssig_cml");
    verify("ssig_rootca", "ssig");
    verify("gen_rootca", "backend");
    verify("gen_rootca", "ocsp_server");
    verify("gen_rootca", "device_subca");
    String spki =
        Judge.accepts("openssl", "x509", "-in", file("certs/ssig_cml.cert"), "-noout", "-text");
    assertTrue(spki.contains("Public Key Algorithm: rsassaPss"), spki);
    Judge.refuses(
        "openssl", "pkey", "-in", file("certs/gen_rootca.key"), "-passin", "pass:inside", "-noout");
    Judge.accepts(
        "openssl",
        "pkey",
        "-in",
        file("certs/gen_rootca.key"),
        "-passin",
        "pass:outside",
        "-noout");
    Judge.accepts("openssl", "pkey", "-in", file("certs/certs/signing_key.pem"), "-noout");
    Judge.accepts("openssl", "x509", "-in", file("certs/certs/signing_key.pem"), "-noout");
  }

  private void verify(String root, String leaf) throws Exception {
    Judge.accepts(
        "openssl",
        "verify",
        "-x509_strict",
        "-attime",
        TestPki.AT.plusSeconds(60).getEpochSecond(),
        "-CAfile",
        file("certs/" + root + ".cert"),
        "-untrusted",
        file("certs/" + leaf + ".cert"),
        file("certs/" + leaf + ".cert"));
  }

  /** db holds what the build signs with, completely inside the signed update. */
  @Test
  void gyroidosDatabaseIsWhole() throws Exception {
    assertEquals(0, export("--format", "gyroidos", "--with-key", "-o", file("certs")));
    Bytes esl = Inputs.read(dir.resolve("certs/DB.esl"));
    var update = AuthenticatedVariable.parse(Inputs.read(dir.resolve("certs/DB.auth")));
    assertEquals(esl, update.data());
    var admitted =
        SignatureList.parseDatabase(esl).stream()
            .map(l -> l.signatures().getFirst().signatureData())
            .toList();
    assertEquals(
        List.of(
            Certificates.der(
                Certificates.parse(Inputs.read(dir.resolve("certs/DB.crt"))).getFirst()),
            Inputs.read(dir.resolve("certs/certs/signing_key.x509"))),
        admitted);
    Judge.accepts("sig-list-to-certs", file("certs/DB.esl"), file("db"));
    assertTrue(Files.exists(dir.resolve("db-1.der")));
    Judge.refuses(
        "openssl", "pkey", "-in", file("certs/ssig_cml.key"), "-passin", "pass:", "-noout");
    Judge.accepts(
        "openssl", "pkey", "-in", file("certs/ssig_cml.key"), "-passin", "pass:outside", "-noout");
  }

  @Test
  void withoutTheOptionNoKeyLeaves() throws Exception {
    long before = pki.log().entries().size();
    assertEquals(0, export("--format", "gyroidos", "-o", file("certs")));
    try (Stream<Path> files = Files.walk(dir.resolve("certs"))) {
      assertTrue(files.noneMatch(f -> f.toString().endsWith(".key")));
    }
    assertFalse(Files.exists(dir.resolve("certs/certs/signing_key.pem")));
    assertEquals(before, pki.log().entries().size());
    assertEquals(0, export("--format", "pem", "--with-key", "boot", "-o", file("boot.pem")));
    var last = pki.log().entries().getLast();
    assertEquals("export-key", last.action());
    assertEquals(before + 1, last.sequence());
    assertTrue(
        Files.readString(dir.resolve("boot.pem")).startsWith("-----BEGIN ENCRYPTED PRIVATE"));
  }

  @Test
  void pkcs12IsReadByOpensslAndJava() throws Exception {
    assertEquals(
        0,
        export(
            "--format",
            "pkcs12",
            "--with-key",
            "--bundle",
            "full",
            "backend",
            "-o",
            file("b.p12")));
    String text =
        Judge.accepts(
            "openssl",
            "pkcs12",
            "-in",
            file("b.p12"),
            "-passin",
            "pass:outside",
            "-info",
            "-nodes");
    assertTrue(
        text.contains("PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256"), text);
    assertTrue(text.contains("MAC: sha256, Iteration 600000"), text);
    assertEquals(3, text.split("BEGIN CERTIFICATE", -1).length - 1);
    Judge.refuses("openssl", "pkcs12", "-in", file("b.p12"), "-passin", "pass:inside", "-nodes");
    String java =
        Judge.accepts(
            "keytool", "-list", "-v", "-keystore", file("b.p12"), "-storepass", "outside");
    assertTrue(java.contains("PrivateKeyEntry") && java.contains("chain length: 3"), java);
    Judge.accepts(
        "keytool",
        "-importkeystore",
        "-srckeystore",
        file("b.p12"),
        "-srcstorepass",
        "outside",
        "-destkeystore",
        file("copy.p12"),
        "-deststoretype",
        "PKCS12",
        "-deststorepass",
        "outside");
  }

  @Test
  void javaTrustStores() throws Exception {
    for (String format : List.of("jks", "pkcs12")) {
      String store = file("trust." + format);
      assertEquals(0, export("--format", format, "ssig-rootca", "gen-rootca", "-o", store));
      String java = Judge.accepts("keytool", "-list", "-keystore", store, "-storepass", "outside");
      assertEquals(2, java.split("trustedCertEntry", -1).length - 1, java);
      Judge.refuses("keytool", "-list", "-keystore", store, "-storepass", "inside");
    }
  }

  @Test
  void pemAndDer() throws Exception {
    assertEquals(0, export("--bundle", "full", "guest-os", "backend", "-o", file("all.pem")));
    assertEquals(6, Certificates.parse(Inputs.read(dir.resolve("all.pem"))).size());
    assertEquals(0, export("--bundle", "leaf", "guest-os", "-o", file("leaf.pem")));
    assertEquals(1, Certificates.parse(Inputs.read(dir.resolve("leaf.pem"))).size());
    assertEquals(0, export("--format", "der", "PK", "-o", file("pk.der")));
    assertEquals(Certificates.der(pki.platformKey()), Inputs.read(dir.resolve("pk.der")));
    assertEquals(0, export("--with-key", "--plaintext-keys", "KEK", "-o", file("kek.pem")));
    Judge.accepts("openssl", "pkey", "-in", file("kek.pem"), "-noout");
  }

  @Test
  void refusesWhatWouldLeakOrMislead() throws Exception {
    for (String line :
        List.of(
            "--format der --with-key boot",
            "--format jks --with-key boot",
            "--format pkcs12 --with-key --plaintext-keys boot",
            "--with-key boot backend",
            "--format der boot backend",
            "--plaintext-keys boot",
            "nobody",
            "",
            "--format gyroidos boot")) {
      var arguments = new ArrayList<>(Arrays.asList((line + " -o " + file("x")).trim().split(" ")));
      assertEquals(2, export(arguments.toArray(String[]::new)), line);
      assertFalse(Files.exists(dir.resolve("x")), line);
    }
    assertEquals(0, export("--dry-run", "--with-key", "boot", "-o", file("x")));
    assertFalse(Files.exists(dir.resolve("x")));
    Files.writeString(dir.resolve("in"), "wrong\n");
    assertEquals(1, export("--with-key", "boot", "-o", file("x")));
    assertFalse(Files.exists(dir.resolve("x")));
    Files.writeString(dir.resolve("x"), "kept");
    assertEquals(2, export("boot", "-o", file("x")));
    assertEquals("kept", Files.readString(dir.resolve("x")));
  }

  private int export(String... more) {
    return Launcher.run(
        new PkiMain(),
        Stream.concat(
                Stream.of(
                    "export",
                    "--quiet",
                    "--pki",
                    pki.path().toString(),
                    "--pass-file",
                    file("in"),
                    "--export-pass-file",
                    file("out"),
                    "--at",
                    TestPki.AT.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }
}
