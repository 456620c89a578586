// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.tpm.SoftwareTpm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcrCommandTest {
  @Test
  void extendsEveryBankWithAFileAndOneWithADigest(@TempDir Path folder) throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      Path event = Files.writeString(folder.resolve("event"), "event");
      String tcti = tpm.tcti();
      assertEquals(0, run("extend", "13", "--file", event.toString(), "--tcti", tcti));
      var measured = HashAlgorithm.SHA256.digest(Bytes.utf8("event"));
      var once = Digest.zero(HashAlgorithm.SHA256).extend(measured);
      assertTrue(
          tpm.run("tpm2_pcrread", "sha256:13").toLowerCase(Locale.ROOT).contains(once.hex()));
      assertEquals(0, run("extend", "13", "--digest", measured.toString(), "--tcti", tcti));
      var twice = once.extend(measured);
      assertTrue(
          tpm.run("tpm2_pcrread", "sha256:13").toLowerCase(Locale.ROOT).contains(twice.hex()));
      assertEquals(0, run("read", "sha256:13", "--tcti", tcti));
      assertEquals(0, run("read", "--json", "--tcti", tcti));
    }
  }

  @Test
  void saysWhatIsWrongWithTheArguments() {
    String tcti = "swtpm:path=/nonexistent.sock";
    assertEquals(2, run("read", "--tcti", "mssim:host=example.org"));
    assertEquals(2, run("read", "sha256:24", "--tcti", tcti));
    assertEquals(2, run("read", "md5", "--tcti", tcti));
    assertEquals(2, run("extend", "13", "--tcti", tcti));
    assertEquals(4, run("read", "--tcti", tcti));
  }

  private static int run(String... args) {
    return Launcher.run(new PcrCommand(), args);
  }
}
