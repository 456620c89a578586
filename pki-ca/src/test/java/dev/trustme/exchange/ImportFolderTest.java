// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyProtection;
import dev.trustme.uefi.SignatureList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whole folders of other tools, taken in. */
class ImportFolderTest extends ImportWorkshop {
  @Test
  void takesInSbctlsFolder() throws Exception {
    Path keys = Files.createDirectories(dir.resolve("sbctl/keys"));
    Files.writeString(dir.resolve("sbctl/GUID"), "8be4df61-93ca-41d2-aa0d-00e098032b8c");
    for (String name : List.of("PK", "KEK", "db")) {
      Path of = Files.createDirectory(keys.resolve(name));
      Judge.accepts(
          "openssl",
          "req",
          "-new",
          "-newkey",
          "rsa:2048",
          "-nodes",
          "-subj",
          "/CN=" + name,
          "-keyout",
          of.resolve(name + ".key"),
          "-out",
          dir.resolve("x.csr"));
      Judge.accepts(
          "openssl",
          "x509",
          "-req",
          "-in",
          dir.resolve("x.csr"),
          "-signkey",
          of.resolve(name + ".key"),
          "-days",
          "99",
          "-extfile",
          file("ext.cnf"),
          "-extensions",
          "plain",
          "-out",
          of.resolve(name + ".pem"));
    }
    var before = contents();
    assertEquals(1, run("--format", "sbctl", "--from", file("sbctl"), "--supersede"));
    assertEquals(before, contents());
    assertEquals(
        0,
        run(
            "--format",
            "sbctl",
            "--from",
            file("sbctl"),
            "--supersede",
            "--accept",
            "role-missing"));
    var pki = PkiFolder.open(dir.resolve("pki"));
    assertEquals("8be4df61-93ca-41d2-aa0d-00e098032b8c", pki.owner().toString());
    assertEquals("CN=PK", pki.platformKey().getSubject().toString());
    Bytes db = Inputs.read(pki.secureBootFile("db.esl"));
    assertEquals(1, SignatureList.parseDatabase(db).size());
    Judge.accepts(
        "cert-to-efi-sig-list", "-g", pki.owner(), keys.resolve("db/db.pem"), file("db.esl"));
    assertEquals(Inputs.read(dir.resolve("db.esl")), db);
    Judge.accepts(
        "sign-efi-sig-list",
        "-g",
        pki.owner(),
        "-k",
        keys.resolve("KEK/KEK.key"),
        "-c",
        keys.resolve("KEK/KEK.pem"),
        "db",
        file("db.esl"),
        file("db.auth"));
  }

  /** What the export wrote comes back as the same keys, names and files. */
  @Test
  void gyroidosFolderThereAndBack() throws Exception {
    Files.writeString(dir.resolve("general"), "general\n");
    TestPki.create("gyroidos", dir.resolve("gyro"), KeyProtection.plaintext());
    assertEquals(0, exportGyroidos("gyro", "certs"));
    var arguments =
        List.of(
            "import",
            "--quiet",
            "--format",
            "gyroidos",
            "--from",
            file("certs"),
            "-o",
            file("again"),
            "--plaintext-keys",
            "--source-pass-file",
            file("general"),
            "--at",
            TestPki.AT.toString());
    assertEquals(0, Launcher.run(new PkiMain(), arguments.toArray(String[]::new)));
    assertEquals(2, Launcher.run(new PkiMain(), arguments.toArray(String[]::new)));
    assertEquals(0, exportGyroidos("again", "certs2"));
    try (Stream<Path> files = Files.walk(dir.resolve("certs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = dir.resolve("certs").relativize(file).toString();
        if (name.endsWith(".cert")
            || name.endsWith(".crt")
            || (name.startsWith("ssig") && name.endsWith(".key"))) {
          assertEquals(Inputs.read(file), Inputs.read(dir.resolve("certs2").resolve(name)), name);
        }
      }
    }
    assertEquals(0, Launcher.run(new PkiMain(), "show", "--quiet", file("again")));
  }

  private int exportGyroidos(String pki, String out) {
    return Launcher.run(
        new PkiMain(),
        "export",
        "--quiet",
        "--pki",
        file(pki),
        "--format",
        "gyroidos",
        "--with-key",
        "--plaintext-keys",
        "--pass-file",
        file("pass"),
        "--export-pass-file",
        file("general"),
        "--at",
        TestPki.AT.toString(),
        "-o",
        file(out));
  }
}
