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
import dev.trustme.uefi.SignatureList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and certificates that openssl made, taken in, and what is wrong with others. */
class ImportTest {
  private static final String ROLE = Role.ARC + ".1.13";

  @TempDir private static Path shared;
  @TempDir private Path dir;

  @BeforeAll
  static void create() throws Exception {
    TestPki.create("ci", shared.resolve("pki"), KeyProtection.plaintext());
  }

  private void copy() throws Exception {
    try (Stream<Path> files = Files.walk(shared.resolve("pki"))) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            dir.resolve(shared.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  @BeforeEach
  void prepare() throws Exception {
    copy();
    Files.writeString(dir.resolve("pass"), "inside\n");
    Files.writeString(
        dir.resolve("ext.cnf"),
        """
        [root]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        [leaf]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = %s
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        [bare]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = codeSigning
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        [plain]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        subjectKeyIdentifier = hash
        """
            .formatted(ROLE));
    key("root", "P-256");
    key("leaf", "P-256");
    request("root");
    request("leaf");
    Judge.accepts(
        "openssl",
        "x509",
        "-req",
        "-in",
        file("root.csr"),
        "-signkey",
        file("root.key"),
        "-days",
        "99",
        "-extfile",
        file("ext.cnf"),
        "-extensions",
        "root",
        "-out",
        file("root.pem"));
    leaf("leaf", "leaf.pem");
  }

  private void key(String name, String curve) throws Exception {
    Judge.accepts(
        "openssl",
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:" + curve,
        "-out",
        file(name + ".key"));
  }

  private void request(String name) throws Exception {
    Judge.accepts(
        "openssl",
        "req",
        "-new",
        "-key",
        file(name + ".key"),
        "-subj",
        "/CN=" + name,
        "-out",
        file(name + ".csr"));
  }

  private void leaf(String extensions, String out) throws Exception {
    Judge.accepts(
        "openssl",
        "x509",
        "-req",
        "-in",
        file("leaf.csr"),
        "-CA",
        file("root.pem"),
        "-CAkey",
        file("root.key"),
        "-days",
        "9",
        "-extfile",
        file("ext.cnf"),
        "-extensions",
        extensions,
        "-out",
        file(out));
  }

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
            || name.startsWith("ssig") && name.endsWith(".key")) {
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

  private int role(String key, String... certificatesAndMore) {
    var arguments = Stream.<String>builder();
    Stream.of("--role", "user", "--key", file(key)).forEach(arguments);
    for (String item : certificatesAndMore) {
      if (item.endsWith(".pem")) {
        arguments.add("--cert").add(file(item));
      } else {
        arguments.add(item);
      }
    }
    return run(arguments.build().toArray(String[]::new));
  }

  private int run(String... more) {
    var arguments =
        Stream.concat(
            Stream.of("import", "--quiet", "--pki", file("pki"), "--pass-file", file("pass")),
            Arrays.stream(more));
    return Launcher.run(new PkiMain(), arguments.toArray(String[]::new));
  }

  private Map<String, Bytes> contents() throws Exception {
    Map<String, Bytes> contents = new TreeMap<>();
    Path pki = dir.resolve("pki");
    try (Stream<Path> files = Files.walk(pki)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(pki.relativize(file).toString(), Inputs.read(file));
      }
    }
    return contents;
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }
}
