// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.cli.Launcher;
import dev.trustme.tpm.SoftwareTpm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotes of a software TPM in the files that tpm2-tools write. */
class QuoteCommandTest {
  @TempDir private Path folder;

  private int run(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "quote";
    all[1] = "-q";
    System.arraycopy(args, 0, all, 2, args.length);
    return Launcher.run(new VerifyMain(), all);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void judgesWhatTpm2ToolsWrite() throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      tpm.attestationKey("ecc", "sha256", "ecdsa", "ak.tss");
      tpm.run("tpm2_readpublic", "-c", "ak.ctx", "-f", "pem", "-o", "ak.key");
      tpm.flush();
      for (String name : new String[] {"q", "r"}) {
        tpm.run(
            "tpm2_quote",
            "-c",
            "ak.ctx",
            "-l",
            "sha256:0,4,7",
            "-q",
            "00112233",
            "-m",
            name + ".msg",
            "-s",
            name + ".sig",
            "-o",
            name + ".pcrs",
            "-g",
            "sha256");
        tpm.flush();
      }
    }
    for (String key : new String[] {"ak.tss", "ak.key"}) {
      assertEquals(0, run("-u", path(key), "--nonce", "00112233", path("q.msg")));
      assertEquals(0, run("-u", path(key), "--nonce", "00112233", folder.toString()));
      assertEquals(1, run("-u", path(key), "--nonce", "00112234", path("q.msg")));
    }
    Files.copy(folder.resolve("ak.key"), folder.resolve("q.pem"));
    Files.writeString(folder.resolve("q.nonce"), "00112233\n");
    assertEquals(0, run(path("q.msg")));
    assertEquals(4, run(folder.toString()), "no nonce beside the other");
    Files.writeString(folder.resolve("q.nonce"), "0011223");
    assertEquals(3, run(path("q.msg")));
    assertEquals(2, run("--nonce", "x", path("q.msg")));
    assertEquals(1, run(Files.createDirectory(folder.resolve("empty")).toString()));
  }
}
