// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Sealed data and NV, on swtpm; judged by tpm2-tools. */
class TpmStorageCommandsTest extends OnSoftwareTpm {
  @Test
  void sealsForTheStateOfTheMachine() throws Exception {
    write("@key", "the disk key");
    assertEquals(0, run("seal", "@key", "-o", "@s", "--pcrs", "sha256:7,16"));
    assertEquals(2, run("seal", "@key", "-o", "@s", "--pcrs", "sha256:7,16"));
    assertEquals(0, run("unseal", "@s", "-o", "@out"));
    assertEquals(tpm.read("key"), tpm.read("out"));
    // Predicted: what PCR 16 will hold after the next event.
    var event = HashAlgorithm.SHA256.digest(Bytes.utf8("next"));
    var next = Digest.zero(HashAlgorithm.SHA256).extend(event);
    write("@next", "sha256:16 %s\n".formatted(next.hex()));
    assertEquals(
        0, run("seal", "@key", "-o", "@n", "--pcrs", "sha256:16", "--pcr-values", "@next"));
    assertEquals(1, run("unseal", "@n", "-o", "@out2"));
    assertEquals(0, run("pcr", "extend", "16", "--digest", event.toString()));
    assertEquals(0, run("unseal", "@n", "-o", "@out2"));
    assertEquals(1, run("unseal", "@s", "-o", "@out3"));
    assertEquals(0, run("pcr", "reset", "16"));
    assertEquals(0, run("unseal", "@s", "-o", "@out3", "--json"));
    assertEquals(4, run("pcr", "reset", "7"));
    assertEquals(2, run("seal", "@key", "-o", "@x", "--pcrs", "sha256:7", "--pcr-values", "@next"));
    assertEquals(2, run("seal", "@key", "-o", "@x"));
  }

  @Test
  void sealsBehindASecretForTheTools() throws Exception {
    write("@key", "the disk key");
    write("@pw", "right\n");
    write("@wrong", "wrong\n");
    tpm.run("tpm2_createprimary", "-C", "o", "-G", "ecc", "-c", "root.ctx");
    tpm.flush();
    tpm.run("tpm2_evictcontrol", "-C", "o", "-c", "root.ctx", "0x81000001");
    tpm.flush();
    assertEquals(
        0,
        run(
            "seal",
            "@key",
            "-o",
            "@s",
            "--auth",
            "--pass-file",
            "@pw",
            "--parent",
            "0x81000001",
            "-u",
            "@s.pub",
            "-r",
            "@s.priv"));
    tpm.run("tpm2_load", "-C", "0x81000001", "-u", "s.pub", "-r", "s.priv", "-c", "s.ctx");
    tpm.flush();
    tpm.run("tpm2_unseal", "-c", "s.ctx", "-p", "right", "-o", "tool");
    tpm.flush();
    assertEquals(tpm.read("key"), tpm.read("tool"));
    String[] unseal = {"unseal", "@s", "-o", "@out", "--parent", "0x81000001"};
    assertEquals(2, run(unseal), "it says that --auth is needed");
    assertEquals(1, run(with(unseal, "--auth", "--pass-file", "@wrong")));
    assertEquals(0, run(with(unseal, "--auth", "--pass-file", "@pw")));
    assertEquals(
        1,
        run("unseal", "@s", "-o", "@out2", "--auth", "--pass-file", "@pw"),
        "another parent cannot load it");
    // Both guards, and a file whose description was changed.
    assertEquals(
        0, run("seal", "@key", "-o", "@b", "--pcrs", "sha256:7", "--auth", "--pass-file", "@pw"));
    assertEquals(0, run("unseal", "@b", "-o", "@out3", "--auth", "--pass-file", "@pw"));
    assertEquals(1, run("unseal", "@b", "-o", "@out4", "--auth", "--pass-file", "@wrong"));
    write("@c", Files.readString(file("@b")).replace("\"pcr\":7", "\"pcr\":8"));
    assertEquals(3, run("unseal", "@c", "-o", "@out4", "--auth", "--pass-file", "@pw"));
  }

  @Test
  void sealsOnlyALittle() throws Exception {
    write("@empty", "");
    write("@big", "x".repeat(129));
    assertEquals(2, run("seal", "@empty", "-o", "@s", "--pcrs", "sha256:7"));
    assertEquals(4, run("seal", "@big", "-o", "@s", "--pcrs", "sha256:7"));
    write("@most", "x".repeat(128));
    assertEquals(0, run("seal", "@most", "-o", "@s", "--pcrs", "sha256:7"));
  }

  @Test
  void keepsThingsInNv() throws Exception {
    write("@pw", "nv secret\n");
    write("@wrong", "other\n");
    write("@data", "0123456789abcdef");
    write("@eight", "01234567");
    String index = "0x01800010";
    assertEquals(
        0, run("nv", "define", index, "--size", "16", "--auth", "--pass-file", "@pw", "--json"));
    assertEquals(2, run("nv", "define", index, "--size", "16"), "it is taken");
    assertEquals(0, run("nv", "write", index, "@data", "--auth", "--pass-file", "@pw"));
    assertEquals(1, run("nv", "write", index, "@data", "--auth", "--pass-file", "@wrong"));
    assertEquals(1, run("nv", "read", index));
    assertEquals(0, run("nv", "read", index, "-o", "@read", "--auth", "--pass-file", "@pw"));
    assertEquals(tpm.read("data"), tpm.read("read"));
    tpm.run("tpm2_nvread", index, "-C", index, "-P", "nv secret", "-o", "tool");
    assertEquals(tpm.read("data"), tpm.read("tool"));
    write("@long", "0123456789abcdefg");
    assertEquals(2, run("nv", "write", index, "@long", "--auth", "--pass-file", "@pw"));
    assertEquals(0, run("nv", "define", "0x01800011", "--type", "counter"));
    assertEquals(0, run("nv", "increment", "0x01800011"));
    assertEquals(0, run("nv", "increment", "0x01800011", "--json"));
    assertEquals(
        0, run("nv", "define", "0x01800012", "--type", "pin-fail", "--auth", "--pass-file", "@pw"));
    assertEquals(0, run("nv", "define", "0x01800013", "--type", "extend"));
    assertEquals(0, run("nv", "define", "0x01800014", "--policy", "ab".repeat(32)));
    assertEquals(1, run("nv", "write", "0x01800014", "@eight"), "only its policy writes");
    assertEquals(0, run("nv", "list"));
    assertEquals(0, run("nv", "list", "--json"));
    assertEquals(0, run("nv", "undefine", index));
    assertEquals(4, run("nv", "undefine", index));
    assertEquals(4, run("nv", "read", index));
    assertEquals(2, run("nv", "read", "0x81000000"));
    assertEquals(2, run("nv", "define", index, "--type", "heap"));
    assertEquals(2, run("nv", "define", index, "--policy", "ab"));
  }

  @Test
  void asksForTheOwner() throws Exception {
    write("@owner", "owner secret\n");
    write("@endorsement", "endorsement secret\n");
    tpm.run("tpm2_changeauth", "-c", "o", "owner secret");
    tpm.run("tpm2_changeauth", "-c", "e", "endorsement secret");
    String[] endorsement = {"--endorsement-pass-file", "@endorsement"};
    String[] both = with(endorsement, "--owner-pass-file", "@owner");
    String[] define = {"nv", "define", "0x01800010"};
    assertEquals(1, run(define));
    assertEquals(0, run(with(define, both)));
    assertEquals(1, run("nv", "undefine", "0x01800010"));
    assertEquals(0, run(with(new String[] {"nv", "undefine", "0x01800010"}, both)));
    String[] create = {
      "ak",
      "create",
      "--ek-template",
      "l-2",
      "-u",
      "@ak.pub",
      "-r",
      "@ak.priv",
      "--persist",
      "0x81010002",
      "--force"
    };
    assertEquals(1, run(create));
    assertEquals(1, run(with(create, endorsement)));
    assertEquals(0, run(with(create, both)));
    assertEquals(1, run("ak", "evict", "0x81010002"));
    assertEquals(0, run(with(new String[] {"ak", "evict", "0x81010002"}, both)));
  }
}
