// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.trustme.cli.Launcher;
import dev.trustme.key.Judge;
import dev.trustme.testing.SoftToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCommandTest {
  @TempDir private Path dir;
  private Path right;
  private Path wrong;

  @BeforeEach
  void secrets() throws Exception {
    right = Files.writeString(dir.resolve("right"), "correct horse\n");
    wrong = Files.writeString(dir.resolve("wrong"), "battery staple\n");
  }

  private static int run(Object... arguments) {
    List<String> line = new ArrayList<>(List.of("key"));
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    return Launcher.run(new PkiMain(), line.toArray(String[]::new));
  }

  @Test
  void aFileIsMadeShownAndConverted() throws Exception {
    Path pem = dir.resolve("key.pem");
    Path p12 = dir.resolve("key.p12");
    Path back = dir.resolve("back.pem");
    assertEquals(0, run("generate", pem, "--type", "ec-p384", "--pass-file", right));
    assertEquals(2, run("generate", pem, "--type", "ec-p384", "--pass-file", right));
    assertEquals(0, run("show", "--json", pem, "--pass-file", right));
    assertEquals(1, run("show", pem, "--pass-file", wrong));
    assertEquals(4, run("show", dir.resolve("none.pem"), "--pass-file", right));
    assertEquals(3, run("show", right, "--pass-file", right));
    String alias = "pkcs12:" + p12 + "?alias=a";
    assertEquals(0, run("convert", pem, alias, "--pass-file", right, "--new-pass-file", wrong));
    assertEquals(1, run("show", alias, "--pass-file", right));
    assertEquals(0, run("show", alias, "--pass-file", wrong));
    assertEquals(4, run("show", "pkcs12:" + p12 + "?alias=b", "--pass-file", wrong));
    assertEquals(0, run("convert", alias, back, "--pass-file", wrong, "--new-pass-file", right));
    assertEquals(publicKey(pem), publicKey(back));
  }

  private String publicKey(Path pem) throws Exception {
    return Judge.accepts("openssl", "pkey", "-in", pem, "-passin", "file:" + right, "-pubout");
  }

  @Test
  void otherUsesAreUsageErrors() {
    assertEquals(2, run("show", "pkcs13:a"));
    assertEquals(2, run("show", "pkcs11:token=a?module-path=/m.so&pin-value=1234"));
    assertEquals(2, run("generate", dir.resolve("a.pem"), "--type", "dsa", "--pass-file", right));
    assertEquals(2, run("generate", dir.resolve("a.pem")));
    assertEquals(2, run("convert", "tpm2:0x81000001", dir.resolve("a.pem"), "--pass-file", right));
    assertFalse(Files.exists(dir.resolve("a.pem")));
  }

  @Test
  void aTokensKeyIsMadeAndShown() throws Exception {
    var unused = SoftToken.in(dir.resolve("hsm")).token("one");
    Path pin = Files.writeString(dir.resolve("pin"), SoftToken.PIN + "\n");
    String reference = "pkcs11:token=one;object=k?module-name=softhsm2";
    assertEquals(0, run("generate", reference, "--type", "ec-p256", "--pass-file", pin));
    assertEquals(2, run("generate", reference, "--type", "ec-p256", "--pass-file", pin));
    assertEquals(0, run("show", reference, "--pass-file", pin));
    assertEquals(0, run("show", reference + "&pin-source=" + pin));
    assertEquals(1, run("show", reference, "--pass-file", wrong));
    assertEquals(4, run("show", "pkcs11:token=two?module-name=softhsm2", "--pass-file", pin));
  }
}
