// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The secure-boot verbs, from a folder to what efitools says of it. */
class SecureBootCommandTest {
  private static final String TEMPLATE = "/usr/share/OVMF/OVMF_VARS_4M.fd";
  private static final String OWNER = "7c673ee7-c41c-431a-89ad-11590e357214";

  @TempDir private static Path shared;
  private static int count;
  private Path dir = Path.of("");

  @BeforeEach
  void copyOfOnePki() throws Exception {
    Path original = shared.resolve("pki");
    if (!Files.exists(original)) {
      TestPki.create(original);
      Files.writeString(shared.resolve("pass"), "unused\n");
      Files.write(shared.resolve("image.efi"), TestPe.small().toArray());
    }
    dir = Files.createDirectory(shared.resolve("test-" + count++));
    Judge.accepts("cp", "-r", original, dir.resolve("pki"));
  }

  private int run(String verb, Object... arguments) {
    List<String> words = new ArrayList<>(List.of("secure-boot", verb, "--quiet"));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return Launcher.run(new PkiMain(), words.toArray(String[]::new));
  }

  private int change(String verb, Object... arguments) {
    List<Object> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("--pki", file("pki"), "--pass-file", shared.resolve("pass")));
    words.addAll(List.of("--at", "2026-11-23T00:00:00Z"));
    return run(verb, words.toArray());
  }

  private Path file(String name) {
    return dir.resolve(name);
  }

  private Path boot(String name) {
    return dir.resolve("pki/secure-boot").resolve(name);
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }

  private static KeyDatabase database(Path file) throws Exception {
    return KeyDatabase.parse(read(file));
  }

  private List<String> log() throws Exception {
    var pki = PkiFolder.open(file("pki"));
    assertTrue(pki.log().verify() instanceof Verdict.Accepted);
    return pki.log().entries().stream().map(e -> e.action() + " " + e.subject()).toList();
  }

  @Test
  void revokesAnImageByItsHash() throws Exception {
    Path image = shared.resolve("image.efi");
    assertEquals(0, change("revoke", "--image", image, "--append", file("append.auth")));
    var digest = PeImage.parse(read(image)).authenticodeDigest(HashAlgorithm.SHA256);
    var entry = database(boot("dbx.esl")).entries().getFirst();
    assertEquals(digest.value(), entry.data().signatureData());
    Judge.accepts("hash-to-efi-sig-list", image, file("theirs.esl"));
    var theirs = database(file("theirs.esl")).entries().getFirst();
    assertEquals(theirs.type(), entry.type());
    assertEquals(theirs.data().signatureData(), entry.data().signatureData());
    assertEquals(0, run("verify", boot("dbx.auth"), "--pki", file("pki")));
    assertEquals(0, run("verify", file("append.auth"), "--variable", "dbx", "--pki", file("pki")));
    assertEquals(
        1,
        run(
            "verify",
            file("append.auth"),
            "--variable",
            "dbx",
            "--as",
            "replace",
            "--pki",
            file("pki")));
    assertEquals(List.of("sign dbx", "sign dbx (append)"), log().subList(20, 22));
    // The append does not take the complete update's time stamp away.
    var complete = AuthenticatedVariable.parse(read(boot("dbx.auth"))).timeStamp().toInstant();
    var append = AuthenticatedVariable.parse(read(file("append.auth"))).timeStamp().toInstant();
    assertTrue(append.isBefore(complete), append + " before " + complete);
    assertEquals(2, change("revoke", "--image", image));
    assertEquals(2, change("revoke"));
  }

  @Test
  void signsTheSameBytesAsEfitools() throws Exception {
    Path cert = file("pki/certs/module.pem");
    assertEquals(0, change("update", "db", "--cert", cert, "--append", file("append.auth")));
    Path added = file("added.esl");
    Judge.accepts("cert-to-efi-sig-list", "-g", PkiFolder.open(file("pki")).owner(), cert, added);
    assertEfitoolsSigns("db", boot("db.esl"), boot("db.auth"), "2026-11-23 00:00:00");
    assertEfitoolsSigns("db", added, file("append.auth"), "2026-11-22 10:14:03", "-a");
    assertEquals(2, database(boot("db.esl")).entries().size());
    assertEquals(2, Certificates.parse(read(boot("db.pem"))).size());
    Judge.accepts("sig-list-to-certs", boot("db.esl"), file("read"));
    assertEquals(
        Certificates.der(Certificates.parse(read(cert)).getFirst()), read(file("read-1.der")));
  }

  private void assertEfitoolsSigns(
      String variable, Path lists, Path ours, String time, String... options) throws Exception {
    Path theirs = file("theirs.auth");
    List<Object> command = new ArrayList<>(List.of("env", "TZ=UTC", "sign-efi-sig-list"));
    command.addAll(List.of(options));
    command.addAll(List.of("-t", time, "-k", file("pki/keys/KEK.pem")));
    command.addAll(List.of("-c", file("pki/certs/KEK.pem"), variable, lists, theirs));
    Judge.accepts(command.toArray());
    assertEquals(read(theirs), read(ours));
  }

  @Test
  void makesTheSameListsAsEfitools() throws Exception {
    Path cert = file("pki/certs/boot.pem");
    for (String bits : List.of("256", "384", "512")) {
      Judge.accepts("cert-to-efi-hash-list", "-g", OWNER, "-s", bits, cert, file("theirs-" + bits));
      assertEquals(
          0,
          run(
              "lists",
              "--owner",
              OWNER,
              "--cert-hash",
              cert,
              "--digest",
              "sha" + bits,
              "-o",
              file("ours-" + bits)));
      assertEquals(read(file("theirs-" + bits)), read(file("ours-" + bits)));
    }
    Judge.accepts(
        "env",
        "TZ=UTC",
        "cert-to-efi-hash-list",
        "-g",
        OWNER,
        "-t",
        "2026-11-22 10:14:03",
        cert,
        file("theirs"));
    assertEquals(
        0,
        run(
            "lists",
            "--owner",
            OWNER,
            "--cert-hash",
            cert,
            "--from",
            "2026-11-22T10:14:03Z",
            "-o",
            file("ours")));
    assertEquals(read(file("theirs")), read(file("ours")));
    assertEquals(
        0,
        run(
            "lists",
            "--owner",
            OWNER,
            "--cert",
            cert,
            "--cert",
            cert,
            "--merge",
            file("ours-384"),
            "--merge",
            file("ours-512"),
            "-o",
            file("merged")));
    assertEquals(3, database(file("merged")).entries().size());
    assertEquals(2, run("lists", "--owner", OWNER, "-o", file("none")));
    assertEquals(2, run("lists", "--cert", cert, "-o", file("none")));
    assertEquals(2, run("lists", "--owner", "x", "--cert", cert, "-o", file("none")));
    assertEquals(2, run("lists", "--owner", OWNER, "--hash", "sha1:00", "-o", file("none")));
    assertEquals(3, run("lists", "--owner", OWNER, "--image", cert, "-o", file("none")));
    assertEquals(4, run("lists", "--owner", OWNER, "--cert", file("no"), "-o", file("none")));
    assertTrue(Files.notExists(file("none")));
  }

  @Test
  void timeStampsOnlyRise() throws Exception {
    assertEquals(0, change("update", "db", "--cert", file("pki/certs/module.pem")));
    assertEquals(
        0,
        change("update", "db", "--remove", boot("KEK.esl"), "--cert", file("pki/certs/layer.pem")));
    var second = AuthenticatedVariable.parse(read(boot("db.auth"))).timeStamp().toInstant();
    assertEquals("2026-11-23T00:00:01Z", second.toString());
    Judge.accepts(
        "env",
        "TZ=UTC",
        "sign-efi-sig-list",
        "-t",
        "2040-01-01 00:00:00",
        "-k",
        file("pki/keys/KEK.pem"),
        "-c",
        file("pki/certs/KEK.pem"),
        "db",
        boot("db.esl"),
        file("later.auth"));
    assertEquals(
        0,
        change(
            "update",
            "db",
            "--remove",
            boot("db.esl"),
            "--merge",
            boot("KEK.esl"),
            "--after",
            file("later.auth"),
            "--dry-run"));
    assertEquals(
        second, AuthenticatedVariable.parse(read(boot("db.auth"))).timeStamp().toInstant());
    assertEquals(
        0, change("update", "db", "--lists", boot("KEK.esl"), "--after", file("later.auth")));
    assertEquals(
        "2040-01-01T00:00:01Z",
        AuthenticatedVariable.parse(read(boot("db.auth"))).timeStamp().toInstant().toString());
    assertEquals(read(boot("KEK.esl")), read(boot("db.esl")));
  }

  @Test
  void thePlatformKeyIsReplacedAndDeletedOutsideTheFolder() throws Exception {
    Bytes before = read(boot("PK.auth"));
    assertEquals(0, change("update", "PK", "--delete", "-o", file("clear.auth")));
    assertEquals(Bytes.empty(), AuthenticatedVariable.parse(read(file("clear.auth"))).data());
    assertEquals(
        0, run("verify", file("clear.auth"), "--variable", "PK", "--signer", boot("PK.esl")));
    assertEquals(0, change("update", "PK", "--lists", boot("db.esl"), "-o", file("other.auth")));
    assertEquals(
        0, run("verify", file("other.auth"), "--variable", "PK", "--signer", boot("PK.pem")));
    assertEquals(before, read(boot("PK.auth")));
    assertEquals(2, change("update", "PK", "--lists", boot("db.esl")));
    assertEquals(2, change("update", "db", "--delete", "-o", file("none")));
    assertEquals(2, change("update", "KEK", "--lists", boot("db.esl")));
    assertEquals(0, change("update", "KEK", "--merge", boot("db.esl")));
    assertEquals(0, run("verify", boot("KEK.auth"), "--pki", file("pki")));
    assertEquals(List.of("sign PK", "sign PK", "sign KEK"), log().subList(20, 23));
  }

  @Test
  void nothingChangesWhereAnUpdateIsRefused() throws Exception {
    var before = log();
    Bytes db = read(boot("db.auth"));
    assertEquals(2, change("update", "db"));
    assertEquals(2, change("update", "MokList", "--cert", file("pki/certs/module.pem")));
    assertEquals(2, change("update", "nothing", "--cert", file("pki/certs/module.pem")));
    assertEquals(2, change("update", "db", "--cert", file("pki/certs/boot.pem")));
    assertEquals(2, change("update", "db", "--remove", boot("db.esl")));
    assertEquals(
        2, change("update", "db", "--lists", boot("KEK.esl"), "--append", file("append.auth")));
    assertEquals(3, change("update", "db", "--merge", file("pki/pki.json")));
    Files.writeString(file("exists"), "x");
    assertEquals(2, change("update", "db", "--merge", boot("KEK.esl"), "-o", file("exists")));
    assertEquals(4, change("update", "db", "--merge", boot("KEK.esl"), "-o", file("none/db.auth")));
    assertEquals(before, log());
    assertEquals(db, read(boot("db.auth")));
  }

  @Test
  void editsAndReadsAVariableStore() throws Exception {
    Path store = file("vars.fd");
    Object[] enrol = {
      "--pki",
      file("pki"),
      "--template",
      TEMPLATE,
      "--mok",
      file("pki/certs/module.pem"),
      "--mok-list-trusted",
      "-o",
      store
    };
    assertEquals(0, vars(enrol));
    assertEquals(0, run("extract", store, "-o", file("keys")));
    assertEquals(read(boot("db.esl")), read(file("keys/db.esl")));
    assertEquals(
        Certificates.parse(read(file("pki/certs/module.pem"))),
        database(file("keys/MokList.esl")).certificates());
    assertEquals(2, run("extract", store, "-o", file("keys")));
    assertEquals(2, run("extract", TEMPLATE, "-o", file("more")));
    // What the store holds is not later than itself.
    assertEquals(1, run("verify", boot("db.auth"), "--vars", store));
    assertEquals(0, change("revoke", "--hash", "sha256:" + "ab".repeat(32)));
    assertEquals(0, run("verify", boot("dbx.auth"), "--vars", store));
    assertEquals(
        0,
        run(
            "edit",
            store,
            "--set",
            "dbx=" + boot("dbx.auth"),
            "--remove",
            "MokList",
            "--mok-list-trusted",
            "off",
            "-o",
            file("edited.fd")));
    assertEquals(0, run("diff", file("edited.fd"), boot("dbx.esl"), "--variable", "dbx"));
    assertEquals(1, run("diff", file("edited.fd"), boot("dbx.esl")));
    assertEquals(2, run("diff", file("edited.fd"), store, "--variable", "MokList"));
    assertEquals(0, run("show", file("edited.fd")));
    assertEquals(2, run("edit", store, "-o", file("none.fd")));
    assertEquals(2, run("edit", store, "--remove", "dbx", "-o", file("none.fd")));
    assertEquals(3, run("edit", boot("db.esl"), "--remove", "dbx", "-o", file("none.fd")));
    assertTrue(Files.notExists(file("none.fd")));
  }

  private int vars(Object... arguments) {
    List<String> words = new ArrayList<>(List.of("vars", "--quiet"));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return Launcher.run(new PkiMain(), words.toArray(String[]::new));
  }

  @Test
  void enrolsTheFoldersDbxAndReplacesOnlyWhenTold() throws Exception {
    Path store = file("vars.fd");
    assertEquals(0, change("revoke", "--hash", "sha256:" + "ab".repeat(32)));
    assertEquals(0, vars("--pki", file("pki"), "--template", TEMPLATE, "-o", store));
    assertEquals(0, run("diff", store, boot("dbx.esl"), "--variable", "dbx"));
    Object[] again = {"--pki", file("pki"), "--template", store, "-o", file("again.fd")};
    assertEquals(2, vars(again));
    Object[] microsoft = {
      "--pki",
      file("pki"),
      "--template",
      "/usr/share/OVMF/OVMF_VARS_4M.ms.fd",
      "--replace",
      "-o",
      file("ours.fd")
    };
    assertEquals(0, vars(microsoft));
    for (String name : List.of("PK", "KEK", "db", "dbx")) {
      assertEquals(0, run("diff", store, file("ours.fd"), "--variable", name), name);
    }
  }

  @Test
  void everyVerbTeaches() {
    for (String verb :
        List.of("show", "diff", "lists", "update", "revoke", "verify", "edit", "extract")) {
      assertEquals(0, run(verb, "--help"), verb);
      assertEquals(2, run(verb, "--no-such-option"), verb);
    }
    assertEquals(2, run("verify", boot("db.auth")));
    assertEquals(3, run("verify", boot("db.esl"), "--pki", file("pki")));
    assertEquals(2, run("verify", file("pki/pki.json"), "--pki", file("pki")));
    assertNotEquals(0, run("show", file("none")));
  }

  @Test
  void digestsAreWrittenAsEverywhere() throws Exception {
    assertEquals(0, change("revoke", "--hash", "sha384:" + "cd".repeat(48)));
    var line = SecureBootReport.Line.of(database(boot("dbx.esl")).entries().getFirst());
    assertEquals("sha384", line.type());
    assertEquals(Digest.parse("sha384:" + "cd".repeat(48)), line.digest().orElseThrow());
  }
}
