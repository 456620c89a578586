// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.evidence.Evidence;
import dev.trustme.ima.TestImaLog;
import dev.trustme.tpm.MakeCredential;
import dev.trustme.tpm.QuotedPcrs;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmtPublic;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Quotes, keys and credentials, on swtpm; judged by tpm2-tools. */
class TpmCommandsTest extends OnSoftwareTpm {
  private static final String AT = "2026-11-22T10:14:03Z";
  private static final String DEVICE = "7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44";

  @Test
  void quotesAsTheToolsDo() throws Exception {
    assertEquals(
        0,
        run(
            "ak",
            "create",
            "--ek-template",
            "l-2",
            "-u",
            "@ak.pub",
            "-r",
            "@ak.priv",
            "-n",
            "@ak.name",
            "--pem",
            "@ak.pem",
            "--persist",
            "0x81010002"));
    String[] quote = {
      "quote",
      "--ak",
      "0x81010002",
      "--pcrs",
      "sha1:1+sha256:0,1,2,3,4,5,6,7,8,9",
      "--nonce",
      "00c0ffee",
      "-m",
      "@q.msg",
      "-s",
      "@q.sig",
      "-o",
      "@q.pcrs"
    };
    assertEquals(0, run(quote));
    tpm.run(
        "tpm2_checkquote",
        "-u",
        "ak.pem",
        "-m",
        "q.msg",
        "-s",
        "q.sig",
        "-q",
        "00c0ffee",
        "-f",
        "q.pcrs");
    assertEquals(2, run(quote), "an existing file stays");
    tpm.run(
        "tpm2_quote",
        "-c",
        "0x81010002",
        "-l",
        "sha1:1+sha256:0,1,2,3,4,5,6,7,8,9",
        "-q",
        "00c0ffee",
        "-m",
        "t.msg",
        "-s",
        "t.sig",
        "-o",
        "t.pcrs");
    assertEquals(tpm.read("t.pcrs"), tpm.read("q.pcrs"), "byte for byte");
    assertEquals(tpm.read("q.pcrs"), QuotedPcrs.parse(tpm.read("q.pcrs")).encode());
    // From the two blobs, and with the nonce in a file.
    write("@nonce", "a nonce");
    assertEquals(
        0,
        run(
            "quote",
            "-u",
            "@ak.pub",
            "-r",
            "@ak.priv",
            "--ek-template",
            "l-2",
            "--pcrs",
            "sha256:7",
            "--nonce-file",
            "@nonce",
            "-m",
            "@b.msg",
            "-s",
            "@b.sig",
            "--json"));
    tpm.run(
        "tpm2_checkquote",
        "-u",
        "ak.pub",
        "-m",
        "b.msg",
        "-s",
        "b.sig",
        "-q",
        Bytes.utf8("a nonce").hex());
    assertEquals(0, run("ak", "show", "--ak", "0x81010002", "--json"));
    assertEquals(2, run("ak", "persist", "0x81010002", "-u", "@ak.pub", "-r", "@ak.priv"));
    assertEquals(0, run("ak", "evict", "0x81010002"));
    assertEquals(
        0,
        run(
            "ak",
            "persist",
            "0x81010003",
            "-u",
            "@ak.pub",
            "-r",
            "@ak.priv",
            "--ek-template",
            "l-2"));
    assertEquals(4, run("ak", "show", "--ak", "0x81010002"));
    assertTrue(tpm.run("tpm2_getcap", "handles-persistent").contains("0x81010003"));
  }

  @Test
  void quoteSaysWhatIsWrong() throws Exception {
    String[] start = {"quote", "-m", "@m", "-s", "@s"};
    assertEquals(2, run(with(start, "--pcrs", "sha256:7", "--nonce", "00")));
    assertEquals(2, run(with(start, "--ak", "0x81010002", "--pcrs", "sha256", "--nonce", "00")));
    assertEquals(2, run(with(start, "--ak", "0x81010002", "--pcrs", "md5:1", "--nonce", "00")));
    assertEquals(2, run(with(start, "--ak", "0x81010002", "--pcrs", "sha256:1", "--nonce", "0")));
    assertEquals(2, run(with(start, "--ak", "0x80000000", "--pcrs", "sha256:1", "--nonce", "00")));
    assertEquals(4, run(with(start, "--ak", "0x81010002", "--pcrs", "sha256:1", "--nonce", "00")));
    assertEquals(4, run(with(start, "--ak", "@none", "--pcrs", "sha256:1", "--nonce", "00")));
    write("@bad.ctx", "no context");
    assertEquals(3, run(with(start, "--ak", "@bad.ctx", "--pcrs", "sha256:1", "--nonce", "00")));
    assertFalse(Files.exists(file("@m")));
  }

  @Test
  void quoteWritesTheWholeEvidence() throws Exception {
    String[] key = {"ak", "create", "-u", "@ak.pub", "-r", "@ak.priv", "--persist", "0x81010004"};
    assertEquals(0, run(key));
    Bytes log = TestImaLog.booted().ng("sha256", "/bin/sh").binary();
    Files.write(file("@ima.bin"), log.toArray());
    write("@tcg.bin", "any");
    String[] quote = {"quote", "--ak", "0x81010004", "--nonce", "00c0ffee", "--at", AT};
    String[] with =
        with(
            with(quote, "--evidence", "@e.json", "--device", DEVICE, "--tcg-log", "@tcg.bin"),
            "--ima-log",
            "@ima.bin");
    assertEquals(0, run(with(with, "--pcrs", "sha256:0,7,10")));
    var evidence = Evidence.parse(Bytes.copyOf(Files.readAllBytes(file("@e.json"))));
    assertEquals(Optional.of(log), evidence.logs().ima());
    assertEquals(Set.of(0, 7, 10), evidence.claimed(HashAlgorithm.SHA256).keySet());
    assertEquals("00c0ffee", evidence.nonce().hex());
    assertEquals(AT, evidence.created().toString());
    assertEquals(Bytes.copyOf(Files.readAllBytes(file("@ak.pub"))), evidence.ak().publicArea());
    assertEquals(2, run(with(with, "--pcrs", "sha256:10")), "an existing file stays");
    for (String[] wrong :
        new String[][] {
          {"--pcrs", "sha256:7"},
          {"--pcrs", "sha256:7", "--evidence", "@n.json"},
          {"--pcrs", "sha256:7", "--evidence", "@n.json", "--device", "x"},
          {"--pcrs", "sha256:7", "-m", "@m", "-s", "@s", "--device", DEVICE},
          {"--pcrs", "sha256:7", "-m", "@m", "--evidence", "@n.json", "--device", DEVICE},
          {"--pcrs", "sha256:7", "--evidence", "@n.json", "--device", DEVICE, "--record", "@x"}
        }) {
      assertEquals(2, run(with(quote, wrong)), String.join(" ", wrong));
    }
    assertEquals(
        3,
        run(
            with(
                with(quote, "--pcrs", "sha256:7", "--evidence", "@n.json", "--device", DEVICE),
                "--tcg-log",
                "@tcg.bin",
                "--certificate",
                "@tcg.bin")));
    assertFalse(Files.exists(file("@n.json")));
    assertFalse(Files.exists(file("@m")));
  }

  @Test
  void everyKindOfKeyAndItsSecret() throws Exception {
    write("@pw", "key secret\n");
    write("@wrong", "another\n");
    for (String[] kind :
        new String[][] {
          {"p384", "ecdsa", "sha384"},
          {"rsa2048", "rsapss", "sha256"},
          {"rsa2048", "rsassa", "sha384"}
        }) {
      assertEquals(
          0,
          run(
              "ak",
              "create",
              "--algorithm",
              kind[0],
              "--scheme",
              kind[1],
              "--hash",
              kind[2],
              "--ek-template",
              "h-3",
              "-u",
              "@k.pub",
              "-r",
              "@k.priv",
              "--auth",
              "--pass-file",
              "@pw",
              "--force"));
      String[] quote = {
        "quote",
        "-u",
        "@k.pub",
        "-r",
        "@k.priv",
        "--ek-template",
        "h-3",
        "--pcrs",
        "sha256:7",
        "--nonce",
        "aa",
        "-m",
        "@k.msg",
        "-s",
        "@k.sig",
        "--force"
      };
      assertEquals(1, run(quote), "the key has a secret");
      assertEquals(1, run(with(quote, "--auth", "--pass-file", "@wrong")));
      assertEquals(0, run(with(quote, "--auth", "--pass-file", "@pw")));
      tpm.run("tpm2_dictionarylockout", "-c");
    }
    assertEquals(
        2,
        run("ak", "create", "--algorithm", "p256", "--scheme", "rsapss", "-u", "@x", "-r", "@y"));
    assertEquals(2, run("ak", "create", "--algorithm", "p224", "-u", "@x", "-r", "@y"));
    assertEquals(2, run("ak", "create", "--hash", "sha1", "-u", "@x", "-r", "@y"));
    assertEquals(2, run("ak", "create", "--ek-template", "h-9", "-u", "@x", "-r", "@y"));
  }

  @Test
  void showsEndorsementKeysAndTheirCertificates() throws Exception {
    tpm.close();
    tpm = SoftwareTpm.startWithCertificates(Files.createDirectory(folder.resolve("made")));
    folder = folder.resolve("made");
    assertEquals(0, run("ek"));
    assertEquals(0, run("ek", "--json", "-o", "@ek"));
    tpm.run("tpm2_createek", "-G", "rsa", "-c", "ek.ctx", "-u", "tool.pub");
    tpm.flush();
    assertEquals(tpm.read("tool.pub"), tpm.read("ek/ek-l-1.pub"));
    String text =
        tpm.run("openssl", "x509", "-inform", "DER", "-in", "ek/ek-l-1.der", "-pubkey", "-noout");
    assertEquals(text, Files.readString(folder.resolve("ek/ek-l-1.pem")));
    assertTrue(Files.exists(folder.resolve("ek/ek-h-3.der")));
    assertEquals(0, run("ek", "--template", "l-2"));
    assertEquals(2, run("ek", "-o", "@ek"));
    assertEquals(2, run("ek", "--template", "x"));
  }

  @Test
  void opensCredentials() throws Exception {
    assertEquals(
        0,
        run(
            "ak",
            "create",
            "-u",
            "@ak.pub",
            "-r",
            "@ak.priv",
            "-n",
            "@ak.name",
            "--persist",
            "0x81010002"));
    assertEquals(0, run("ek", "--template", "l-1", "-o", "@ek"));
    write("@secret", "0123456789abcdef");
    String name = tpm.read("ak.name").hex();
    tpm.run(
        "tpm2_makecredential",
        "-T",
        "none",
        "-u",
        "ek/ek-l-1.pub",
        "-s",
        "secret",
        "-n",
        name,
        "-o",
        "cred");
    assertEquals(0, run("activate", "--ak", "0x81010002", "-i", "@cred", "-o", "@opened"));
    assertEquals(tpm.read("secret"), tpm.read("opened"));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(file("@opened")));
    var ek = TpmtPublic.parseTpm2b(tpm.read("ek/ek-l-1.pub"));
    var ours =
        new MakeCredential(ek, new SecureRandom())
            .wrap(TpmName.parse(tpm.read("ak.name")), Bytes.utf8("ours"));
    Files.write(file("@cred2"), ours.encode().toArray());
    assertEquals(
        0, run("activate", "-u", "@ak.pub", "-r", "@ak.priv", "-i", "@cred2", "-o", "@opened2"));
    assertEquals(Bytes.utf8("ours"), tpm.read("opened2"));
    // Under another endorsement key it is not for us; a torn file is malformed.
    assertEquals(
        1,
        run("activate", "--ak", "0x81010002", "--ek-template", "h-1", "-i", "@cred", "-o", "@no"));
    Files.write(file("@torn"), tpm.read("cred").slice(0, 20).toArray());
    assertEquals(3, run("activate", "--ak", "0x81010002", "-i", "@torn", "-o", "@no"));
    assertFalse(Files.exists(file("@no")));
  }

  @Test
  void saysThatThereIsNoTpm() {
    for (String verb : List.of("ek", "nv list", "ak evict 0x81010002", "nv read 0x01800010")) {
      var words = new ArrayList<>(List.of(verb.split(" ")));
      words.addAll(List.of("--tcti", "swtpm:path=/nonexistent.sock"));
      assertEquals(4, Launcher.run(new MeasureMain(), words.toArray(String[]::new)), verb);
      words.set(words.size() - 1, "swtpm:host=192.0.2.1");
      assertEquals(2, Launcher.run(new MeasureMain(), words.toArray(String[]::new)), verb);
    }
  }
}
