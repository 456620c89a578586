// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we replay, evmctl (ima-evm-utils) replays alike. */
class ImaJudgeTest {
  @TempDir private Path folder = Path.of("");

  private String evmctl(TestImaLog log, Digest pcr) throws IOException, InterruptedException {
    Files.write(folder.resolve("log.bin"), log.binary().toArray());
    var pcrs = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      pcrs.append("PCR-%02d: %s%n".formatted(i, i == 10 ? pcr.hex() : "00".repeat(32)));
    }
    Files.writeString(folder.resolve("pcrs.txt"), pcrs);
    var command =
        List.of(
            "evmctl",
            "ima_measurement",
            "-v",
            "--ignore-violations",
            "--pcrs=sha256,pcrs.txt",
            "--verify-bank=sha256",
            "log.bin");
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + output;
  }

  private void agrees(TestImaLog log, int entries)
      throws IOException, InterruptedException, FormatException {
    var replay = ImaLogs.replay(log.binary(), ImaFormat.BINARY, ImaStart.of(HashAlgorithm.SHA256));
    String said = evmctl(log, replay.value());
    assertTrue(said.startsWith("0 "), said);
    assertTrue(said.contains("PCR-10: succeed at entry " + entries), said);
    String refused = evmctl(log, Digest.zero(HashAlgorithm.SHA256));
    assertFalse(refused.startsWith("0 "), refused);
  }

  @Test
  void evmctlReplaysToTheSamePcr() throws Exception {
    agrees(ImaLogs.everyTemplateButTheOldest(TestImaLog.booted()), 13);
  }

  @Test
  void evmctlReplaysTheOldestTemplateToTheSamePcr() throws Exception {
    agrees(
        TestImaLog.empty()
            .legacy(TestImaLog.hash("sha1", "boot"), "boot_aggregate")
            .legacy(TestImaLog.hash("sha1", "init"), "/sbin/init"),
        2);
  }
}
