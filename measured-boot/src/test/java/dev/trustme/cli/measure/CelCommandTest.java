// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.TestCelLog;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TestLog;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CelCommandTest {
  private static final String[] PHASES = {"enter-initrd", "leave-initrd", "sysinit", "ready"};

  @TempDir private Path folder = Path.of("");
  private MeasureRun measure = new MeasureRun(folder);

  @BeforeEach
  void writeLog() throws IOException {
    measure = new MeasureRun(folder);
    measure.write("measure.log", TestCelLog.phases());
  }

  @Test
  void showsRecordsAndReplay() throws Exception {
    var ended = measure.process("cel", "measure.log");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("VERIFIED      phase: enter-initrd"), ended.out());
    assertTrue(ended.out().contains("systemd log, 5 records"), ended.out());
    String value = TestCelLog.extended(HashAlgorithm.SHA256, PHASES).hex();
    assertTrue(ended.out().contains("PCR 11         " + value), ended.out());
  }

  @Test
  void jsonIsOneDocument() throws Exception {
    var ended = measure.process("cel", "measure.log", "--json");
    var document = Json.tree(Bytes.utf8(ended.out()), "output");
    assertEquals("trustme/cel/1", document.get("schema").textValue());
    assertEquals("systemd", document.get("form").textValue());
    assertEquals(5, document.get("records").size());
    assertEquals("VERIFIED", document.at("/records/0/checks/sha256").textValue());
  }

  @Test
  void comparesWithPcrs() throws IOException {
    String value = TestCelLog.extended(HashAlgorithm.SHA256, PHASES).hex();
    measure.write("good.txt", "11 %s%n7 %s%n".formatted(value, "00".repeat(32)));
    measure.write("bad.txt", "11 %s%n".formatted("00".repeat(32)));
    measure.write("other.txt", "7 %s%n".formatted("00".repeat(32)));
    assertEquals(0, measure.quiet("cel", "measure.log", "--pcrs", "good.txt").code());
    assertEquals(1, measure.quiet("cel", "measure.log", "--pcrs", "bad.txt").code());
    assertEquals(3, measure.quiet("cel", "measure.log", "--pcrs", "other.txt").code());
  }

  @Test
  void goesOnWhereFirmwaresLogEnds() throws Exception {
    Bytes firmware =
        TestLog.agile().measured(11, TcgEventType.EV_IPL, Bytes.utf8(".linux")).build();
    measure.write("firmware.bin", firmware);
    var value = Replay.replay(EventLog.parse(firmware)).pcr(HashAlgorithm.SHA256, 11);
    for (String phase : PHASES) {
      value = value.extend(HashAlgorithm.SHA256.digest(Bytes.utf8(phase)));
    }
    measure.write("pcrs.txt", "sha256:11 %s%n".formatted(value.hex()));
    assertEquals(1, measure.quiet("cel", "measure.log", "--pcrs", "pcrs.txt").code());
    assertEquals(
        0,
        measure
            .quiet("cel", "measure.log", "--after", "firmware.bin", "--pcrs", "pcrs.txt")
            .code());
  }

  @Test
  void refusesWhatIsNoLog() throws IOException {
    measure.write("zip", "PK");
    var ended = measure.quiet("cel", "zip");
    assertEquals(3, ended.code());
    assertTrue(ended.err().contains("0x50 begins no canonical event log"), ended.err());
  }
}
