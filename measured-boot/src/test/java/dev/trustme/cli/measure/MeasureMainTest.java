// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TestLog;
import dev.trustme.uefi.TestPe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a shell sees them: what they print, in a process of their own. */
class MeasureMainTest {
  private static final Bytes LOG =
      TestLog.agile()
          .measured(4, TcgEventType.EV_EFI_ACTION, Bytes.utf8("go \u001b[31m"))
          .separator(7)
          .measured(7, TcgEventType.EV_SEPARATOR, Bytes.zeros(4), Bytes.utf8("other"))
          .build();

  @TempDir private Path folder = Path.of("");
  private final ByteArrayOutputStream captured = new ByteArrayOutputStream();

  @BeforeEach
  void writeLog() throws IOException {
    Files.write(folder.resolve("log.bin"), LOG.toArray());
  }

  private MeasureRun.Ended measure(String... args) throws IOException, InterruptedException {
    return new MeasureRun(folder).process(args);
  }

  /** The exit code alone, in this process, which is a second faster. */
  private int code(String verb, String... args) {
    var errors = System.err;
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      List<String> command = new ArrayList<>(List.of(verb));
      for (String arg : args) {
        boolean file = Files.exists(folder.resolve(arg)) || arg.equals("absent");
        command.add(file ? folder.resolve(arg).toString() : arg);
      }
      command.add("--quiet");
      return Launcher.run(new MeasureMain(), command.toArray(String[]::new));
    } finally {
      System.setErr(errors);
    }
  }

  private void assertFails(int code, String words, String verb, String... args) {
    captured.reset();
    assertEquals(code, code(verb, args));
    String err = captured.toString(StandardCharsets.UTF_8);
    assertTrue(err.contains(words), err);
    // The fuzzing agent, where it is loaded, talks on the same stream.
    var lines = err.lines().filter(l -> !l.startsWith("Try ") && !l.startsWith("INFO: ")).toList();
    assertEquals(1, lines.size(), err);
  }

  @Test
  void logShowsEventsWithoutTheirControlCharacters() throws IOException, InterruptedException {
    var ended = measure("log", "log.bin");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(
        ended.out().contains("EV_EFI_ACTION                      VERIFIED      go \\u{1b}[31m"));
    assertTrue(ended.out().contains("MISMATCH"));
    assertFalse(ended.out().contains("\u001b"));
    assertTrue(ended.out().endsWith("crypto-agile, 4 events\n"), ended.out());
    assertTrue(measure("log", "log.bin", "--pcr", "4").out().endsWith("1 of 4 events\n"));
  }

  @Test
  void jsonIsOneDocument() throws IOException, InterruptedException, FormatException {
    var ended = measure("log", "log.bin", "--pcr", "7", "--json");
    var document = dev.trustme.json.Json.tree(Bytes.utf8(ended.out()), "output");
    assertEquals("trustme/event-log/1", document.get("schema").textValue());
    assertEquals(2, document.get("events").size());
    assertEquals("MISMATCH", document.at("/events/1/checks/sha256").textValue());
    assertTrue(document.at("/events/1/digests/sha256").textValue().startsWith("sha256:"));
  }

  @Test
  void replayComparesInEveryFormThatPcrsComeIn()
      throws IOException, InterruptedException, FormatException {
    String value = Replay.replay(EventLog.parse(LOG)).pcr(HashAlgorithm.SHA256, 7).hex();
    String other = "0" + value.substring(1, 63) + (value.endsWith("0") ? "1" : "0");
    for (String form : List.of("7 %s\n", "sha256:7  %s\n", "  sha256:\n    7 : 0x%s\n")) {
      Files.writeString(folder.resolve("good.txt"), form.formatted(value));
      assertEquals(0, code("replay", "log.bin", "--pcrs", "good.txt"), form);
      Files.writeString(folder.resolve("bad.txt"), form.formatted(other));
      assertEquals(1, code("replay", "log.bin", "--pcrs", "bad.txt"), form);
    }
    var ended = measure("replay", "log.bin", "--pcrs", "bad.txt");
    assertEquals(1, ended.code(), ended.err());
    assertTrue(ended.out().contains("PCR 7 (sha256)"), ended.out());
    assertTrue(ended.out().contains("log --pcr 7"), ended.out());
  }

  @Test
  void replayRejectsPcrFilesThatSayNothing() throws IOException, InterruptedException {
    for (String text : List.of("", "sha256:\n", "7 abcd\n", "24 " + "00".repeat(32) + "\n")) {
      Files.writeString(folder.resolve("pcrs.txt"), text);
      assertFails(3, "pcrs.txt: PCR values", "replay", "log.bin", "--pcrs", "pcrs.txt");
    }
    var twice = ("7 " + "00".repeat(32) + "\n").repeat(2);
    Files.writeString(folder.resolve("pcrs.txt"), twice);
    assertFails(3, "PCR 7 twice", "replay", "log.bin", "--pcrs", "pcrs.txt");
    // A bank that the log does not have is a difference, not an agreement.
    Files.writeString(folder.resolve("pcrs.txt"), "7 " + "00".repeat(48) + "\n");
    assertEquals(1, code("replay", "log.bin", "--pcrs", "pcrs.txt"));
  }

  @Test
  void ukiShowsWhatWillBeMeasured() throws IOException, InterruptedException {
    var image =
        TestPe.uki("252.39")
            .section(".cmdline", "quiet")
            .section(".initrd", "initrd")
            .section(".linux", "kernel");
    Files.write(folder.resolve("boot.efi"), TestPe.signed(image.build()).toArray());
    var ended = measure("uki", "boot.efi");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("systemd-stub 252.39"), ended.out());
    assertTrue(ended.out().contains("PCR 11  sha256:"), ended.out());
    Files.write(folder.resolve("new.efi"), TestPe.uki("300").build().toArray());
    var unknown = measure("uki", "new.efi");
    assertEquals(0, unknown.code(), unknown.err());
    assertTrue(unknown.out().contains("cannot be predicted"), unknown.out());
    assertFalse(unknown.out().contains("PCR 11"), unknown.out());
  }

  @Test
  void badInputIsOneLineAndItsExitCode() throws IOException, InterruptedException {
    Files.write(folder.resolve("empty"), new byte[0]);
    Files.write(folder.resolve("cut"), LOG.slice(0, LOG.size() - 1).toArray());
    Files.writeString(folder.resolve("text"), "{\"schema\":\"trustme/other/1\"}");
    for (String verb : List.of("log", "replay")) {
      assertFails(4, "absent: no such file", verb, "absent");
      assertFails(4, "is a directory", verb, "");
      assertFails(3, "empty: TCG_PCR_EVENT at offset 0", verb, "empty");
      assertFails(3, "cut: TCG_PCR_EVENT2 at offset", verb, "cut");
      assertFails(3, "text: evidence at offset", verb, "text");
    }
    assertFails(3, "not a PE image", "uki", "log.bin");
    assertFails(4, "absent: no such file", "uki", "absent");
    assertFails(2, "unknown hash", "uki", "log.bin", "--bank", "md5");
    assertFails(2, "0 to 23", "log", "log.bin", "--pcr", "24");
    assertFails(2, "Missing required parameter", "uki");
    assertEquals(2, measure().code());
  }

  @Test
  void errorsNameTheCommandWhoseHelpHelps() throws IOException, InterruptedException {
    assertTrue(measure("log", "--nonsense").err().contains("Try 'trustme measure log --help'."));
    assertTrue(measure("log", "--help").out().contains("trustme measure log --pcr 7"));
  }
}
