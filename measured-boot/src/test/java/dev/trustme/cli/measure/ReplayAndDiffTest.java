// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.CcEventLog;
import dev.trustme.eventlog.CcRegister;
import dev.trustme.eventlog.CcReplay;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TestLog;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code measure replay} and {@code measure diff} as a shell sees them. */
class ReplayAndDiffTest {
  @TempDir private Path folder = Path.of("");

  private MeasureRun.Ended measure(String... args) throws IOException, InterruptedException {
    return new MeasureRun(folder).process(args);
  }

  private void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toArray());
  }

  private static TestLog boot(String... images) {
    var log = TestLog.agile();
    for (String image : images) {
      log.measured(4, TcgEventType.EV_ACTION, Bytes.utf8(image));
    }
    return log.separator(7);
  }

  @Test
  void replaySaysWhyItDiffers() throws IOException, InterruptedException, FormatException {
    write("log.bin", boot("loader", "kernel").build());
    var real = Replay.replay(EventLog.parse(boot("loader").build()));
    var value = real.pcr(HashAlgorithm.SHA256, 4);
    Files.writeString(folder.resolve("pcrs.txt"), "sha256:4 " + value.hex());
    var ended = measure("replay", "log.bin", "--pcrs", "pcrs.txt");
    assertEquals(1, ended.code(), ended.err());
    assertTrue(ended.out().contains("after 1 of 2 events"), ended.out());
    var json = measure("replay", "log.bin", "--pcrs", "pcrs.txt", "--json").out();
    var hint = Json.tree(Bytes.utf8(json), "output").at("/differences/0/hints/0");
    assertEquals("read-before", hint.get("id").textValue());
  }

  @Test
  void replayKnowsConfidentialGuests() throws IOException, InterruptedException, FormatException {
    var head = TestLog.sha1Event(0, 3, Bytes.zeros(20), TestLog.specId(0x0c, 48));
    var digest = HashAlgorithm.SHA384.digest(Bytes.utf8("measured"));
    var log = Bytes.concat(head, TestLog.event(3, 0x0d, Bytes.utf8("text"), digest));
    write("ccel.bin", Bytes.concat(log, Bytes.fromHex("ff".repeat(4096))));
    var rtmr2 =
        CcReplay.replay(CcEventLog.parse(log)).register(HashAlgorithm.SHA384, CcRegister.RTMR2);
    assertEquals(Digest.zero(HashAlgorithm.SHA384).extend(digest), rtmr2);
    Files.writeString(folder.resolve("rtmrs.txt"), "sha384:3 " + rtmr2.hex());
    var ended = measure("replay", "--format", "cc", "ccel.bin", "--pcrs", "rtmrs.txt");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("RTMR2: " + rtmr2.hex()), ended.out());
    var shown = measure("log", "--format", "cc", "ccel.bin");
    assertTrue(shown.out().contains("1  RTMR2   EV_IPL"), shown.out());
    Files.writeString(folder.resolve("other.txt"), "sha384:0 " + rtmr2.hex());
    var mrtd = measure("replay", "--format", "cc", "ccel.bin", "--pcrs", "other.txt");
    assertEquals(1, mrtd.code(), mrtd.err());
    assertTrue(mrtd.out().contains("no such bank or register"), mrtd.out());
  }

  @Test
  void diffNamesTheFirstEventThatDiffers()
      throws IOException, InterruptedException, FormatException {
    write("a.bin", boot("loader", "kernel").build());
    write("b.bin", boot("loader", "other\u001b", "more").build());
    var ended = measure("diff", "a.bin", "b.bin");
    assertEquals(1, ended.code(), ended.err());
    for (String line :
        List.of(
            "PCR 4: 1 events equal, then",
            "A  event 2  EV_ACTION  VERIFIED  kernel",
            "B  event 2  EV_ACTION  VERIFIED  other\\u{1b}",
            "only in A: 1, only in B: 2",
            "compared in sha1, sha256; equal PCRs: 7")) {
      assertTrue(ended.out().contains(line), ended.out());
    }
    var json = measure("diff", "a.bin", "b.bin", "--json", "--bank", "sha1").out();
    var document = Json.tree(Bytes.utf8(json), "output");
    assertEquals("trustme/log-diff/1", document.get("schema").textValue());
    assertEquals("[\"sha1\"]", document.get("banks").toString());
    assertTrue(document.at("/differences/0/a/content").textValue().startsWith("kernel"));
  }

  @Test
  void diffOfEqualLogsAndOfLogsWithNothingInCommon() throws IOException, InterruptedException {
    write("a.bin", boot("loader").build());
    var equal = measure("diff", "a.bin", "a.bin");
    assertEquals(0, equal.code(), equal.err());
    assertEquals("equal in sha1, sha256\n", equal.out());
    var none = measure("diff", "a.bin", "a.bin", "--bank", "sha384");
    assertEquals(1, none.code(), none.out());
    assertTrue(none.err().contains("no bank sha384 to compare"), none.err());
  }
}
