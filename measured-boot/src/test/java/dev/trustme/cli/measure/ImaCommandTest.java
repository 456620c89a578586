// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hash;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.TestImaLog;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImaCommandTest {
  private static final TestImaLog LOG =
      TestImaLog.booted()
          .entry(
              "ima-sig",
              digest("sha256:", hash("sha256", "x")),
              name("/bin/\u001b[31m"),
              hex(TestImaLog.signature(3, 2, 4)))
          .violation("/var/log/open", 32)
          .raw(
              10,
              Bytes.fromHex("11".repeat(20)),
              "ima-ng",
              digest("sha256:", hash("sha256", "y")),
              name("/etc/altered"));

  @TempDir private Path folder = Path.of("");
  private MeasureRun measure = new MeasureRun(folder);

  @BeforeEach
  void writeLogs() throws IOException {
    measure = new MeasureRun(folder);
    measure.write("log.bin", LOG.binary());
    measure.write("log.txt", LOG.ascii());
    measure.write("good.bin", TestImaLog.booted().ng("sha256", "/a").binary());
  }

  @Test
  void showsEntriesWithoutTheirControlCharacters() throws Exception {
    var ended = measure.process("ima", "log.bin");
    assertEquals(0, ended.code(), ended.err());
    String shown = ended.out();
    assertTrue(shown.contains("VERIFIED   ima-sig"), shown);
    assertTrue(shown.contains("/bin/\\u{1b}[31m  signed EVM_IMA_XATTR_DIGSIG v2 sha256"), shown);
    assertTrue(shown.contains("VIOLATION  ima-ng"), shown);
    assertTrue(shown.contains("MISMATCH   ima-ng"), shown);
    assertTrue(shown.contains("binary, 4 entries, 1 violations"), shown);
    assertTrue(shown.contains("name-control               1: entry 1"), shown);
    assertTrue(shown.contains("PCR 10  " + LOG.sha256()), shown);
    assertFalse(shown.contains("\u001b"));
  }

  @Test
  void jsonIsOneDocument() throws Exception {
    for (String file : List.of("log.bin", "log.txt")) {
      var ended = measure.process("ima", file, "--json", "--pcr-value", LOG.sha256().toString());
      var document = Json.tree(Bytes.utf8(ended.out()), "output");
      assertEquals("trustme/ima-log/1", document.get("schema").textValue());
      assertEquals(4, document.get("log").size());
      assertEquals("MISMATCH", document.at("/log/3/check").textValue());
      assertEquals("1a2b3c4d", document.at("/log/1/signature/key-id").textValue());
      assertEquals("exact", document.at("/match/result").textValue());
      assertEquals(3, document.at("/replay/first-wrong-template-hash").intValue());
      // The PCR agrees, but an entry was altered.
      assertEquals(1, ended.code(), ended.err());
    }
  }

  @Test
  void holdsTheLogAgainstAQuotedValue() {
    var whole = TestImaLog.booted().ng("sha256", "/a");
    Digest earlier = TestImaLog.booted().sha256();
    assertEquals(0, code("--pcr-value", whole.sha256().toString()));
    assertEquals(0, code("--pcr-value", whole.sha1().toString()));
    assertEquals(0, code("--pcr-value", earlier.toString()));
    assertEquals(1, code("--pcr-value", HashAlgorithm.SHA256.digest(Bytes.empty()).toString()));
    assertEquals(1, code("--pcr-value", Digest.zero(HashAlgorithm.SHA256).toString()));
    assertEquals(2, code("--pcr-value", "sha256:00"));
    assertEquals(2, code("--pcr-value", earlier.toString(), "--bank", "sha1"));
    assertEquals(2, code("--bank", "md5"));
    assertEquals(2, code("--pcr", "24"));
    assertEquals(2, code("--sha1-padded", "--bank", "sha1"));
    assertEquals(2, code("--sha1-padded", "--template-hash", "sha256"));
    assertEquals(0, code("--summary", "--bank", "sha384"));
  }

  private int code(String... options) {
    var args = new java.util.ArrayList<>(List.of("ima", "good.bin"));
    args.addAll(List.of(options));
    return measure.quiet(args.toArray(String[]::new)).code();
  }

  @Test
  void holdsTheBootAggregateAgainstPcrs() throws IOException {
    var parts = new Bytes[10];
    var pcrs = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      parts[i] = HashAlgorithm.SHA256.digest(Bytes.utf8("PCR " + i)).value();
      pcrs.append("%d %s%n".formatted(i, parts[i].hex()));
    }
    Bytes aggregate = HashAlgorithm.SHA256.digest(parts).value();
    measure.write(
        "booted.bin",
        TestImaLog.empty()
            .entry("ima-ng", digest("sha256:", aggregate), name("boot_aggregate"))
            .binary());
    measure.write("pcrs.txt", pcrs.toString());
    assertEquals(0, measure.quiet("ima", "booted.bin", "--boot-aggregate", "pcrs.txt").code());
    assertEquals(1, measure.quiet("ima", "good.bin", "--boot-aggregate", "pcrs.txt").code());
  }

  @Test
  void namesTheFileAndTheOffset() throws Exception {
    measure.write("cut.bin", LOG.binary().slice(0, LOG.binary().size() - 1));
    var ended = measure.process("ima", "cut.bin", "--violations");
    assertEquals(3, ended.code());
    assertTrue(ended.err().startsWith("trustme: cut.bin: IMA entry at offset "), ended.err());
    assertTrue(ended.out().contains("VIOLATION"), ended.out());
    assertEquals(4, measure.quiet("ima", "absent").code());
  }

  @Test
  void replaysALongLogInALittleMemory() throws Exception {
    var log = TestImaLog.booted();
    for (int i = 0; i < 20_000; i++) {
      log.ng("sha256", "/usr/lib/a/rather/long/path/that/takes/some/room/in/a/log/" + i);
    }
    var longer = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      longer.append(log.ascii().utf8());
    }
    measure.write("long.txt", longer.toString());
    var ended = measure.process(List.of("-Xmx24m"), "ima", "long.txt", "--summary");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("ascii, 200010 entries"), ended.out());
  }
}
