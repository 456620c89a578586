// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.issue.SigningLog.Entry;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningLogTest {
  @TempDir private Path dir;
  private Path file = Path.of("");
  private SigningLog log = new SigningLog(file);

  @BeforeEach
  void open() {
    file = dir.resolve("log.jsonl");
    log = new SigningLog(file);
  }

  @Test
  void everyLineCarriesTheDigestOfTheOneBefore() throws Exception {
    var first = log.append(TestPki.AT, List.of(event("a")));
    var head = log.append(TestPki.AT, List.of(event("b"), event("c")));
    assertEquals(1, first.entries());
    assertEquals(3, head.entries());
    assertEquals(first.digest(), log.entries().get(1).previous());
    var lines = Files.readAllLines(file);
    assertEquals(HashAlgorithm.SHA256.digest(Bytes.utf8(lines.get(2))), head.digest());
    assertEquals(head, verified());
  }

  @Test
  void aChangedLineBreaksTheChain() throws Exception {
    log.append(TestPki.AT, List.of(event("a"), event("b"), event("c")));
    Files.writeString(
        file, Files.readString(file).replace("\"subject\":\"b\"", "\"subject\":\"x\""));
    assertBroken("log-edited", "line 2");
  }

  @Test
  void aLineTakenOutBreaksTheChain() throws Exception {
    log.append(TestPki.AT, List.of(event("a"), event("b"), event("c")));
    var lines = Files.readAllLines(file);
    Files.writeString(file, lines.get(0) + "\n" + lines.get(2) + "\n");
    assertBroken("log-missing", "log.jsonl");
  }

  @Test
  void aLineThatACrashCutOffIsDropped() throws Exception {
    var head = log.append(TestPki.AT, List.of(event("a")));
    Files.writeString(file, "{\"sequence\":2,\"prev", StandardOpenOption.APPEND);
    assertEquals(head, verified());
    log.append(TestPki.AT, List.of(event("b")));
    assertEquals(2, verified().entries());
  }

  @Test
  void linesLongerThanTheTailAreRead() throws Exception {
    log.append(TestPki.AT, List.of(event("a"), event("b".repeat(40_000)), event("c")));
    log.append(TestPki.AT, List.of(event("d")));
    assertEquals(4, verified().entries());
  }

  @Test
  void anythingElseIsMalformed() throws Exception {
    Files.writeString(file, "{\"sequence\":1}\n");
    assertThrows(FormatException.class, () -> log.verify());
    assertThrows(FormatException.class, () -> log.append(TestPki.AT, List.of(event("a"))));
  }

  @Test
  void manyWritersLoseNothing() throws Exception {
    try (var pool = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 20; i++) {
        String name = "writer " + i;
        var done = pool.submit(() -> new SigningLog(file).append(TestPki.AT, List.of(event(name))));
        assertFalse(done.isCancelled());
      }
    }
    assertEquals(20, verified().entries());
  }

  @Test
  void manyProcessesLoseNothing() throws Exception {
    List<Process> writers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      writers.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  LogAppender.class.getName(),
                  file.toString(),
                  "writer " + i,
                  "20")
              .inheritIO()
              .start());
    }
    for (Process writer : writers) {
      assertEquals(0, writer.waitFor());
    }
    assertEquals(60, verified().entries());
    assertEquals(60, log.entries().stream().map(Entry::subject).distinct().count());
  }

  /** Power may fail behind every byte of a write: what was whole stays, the rest is dropped. */
  @Test
  void aWriteThatEndsAnywhereIsRepaired() throws Exception {
    log.append(TestPki.AT, List.of(event("a")));
    int before = (int) Files.size(file);
    log.append(TestPki.AT, List.of(event("b"), event("c")));
    byte[] all = Files.readAllBytes(file);
    for (int end = before; end <= all.length; end += 7) {
      byte[] cut = Arrays.copyOf(all, end);
      Files.write(file, cut);
      long whole = new String(cut, StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count();
      assertEquals(whole, verified().entries());
      assertEquals(whole + 1, log.append(TestPki.AT, List.of(event("d"))).entries());
      assertEquals(whole + 1, verified().entries());
    }
  }

  @Test
  void aLineThatCouldNotBeReadAgainIsNotWritten() throws Exception {
    log.append(TestPki.AT, List.of(event("a")));
    var long1 = List.of(event("b".repeat(LogLines.MAX_LINE)));
    assertThrows(FormatException.class, () -> log.append(TestPki.AT, long1));
    log.append(TestPki.AT, List.of(event("b".repeat(LogLines.MAX_LINE - 400))));
    log.append(TestPki.AT, List.of(event("c")));
    assertEquals(3, verified().entries());
  }

  @Test
  void theFirstLineNamesTheSchema() throws Exception {
    log.append(TestPki.AT, List.of(event("a"), event("b")));
    assertEquals(Optional.of(SigningLog.SCHEMA), log.entries().get(0).schema());
    assertEquals(Optional.empty(), log.entries().get(1).schema());
  }

  private Head verified() throws Exception {
    return ((Verdict.Accepted<Head>) log.verify()).value();
  }

  private void assertBroken(String id, String where) throws Exception {
    var failures = log.verify().failures();
    assertEquals(List.of(id), failures.stream().map(Check::id).toList());
    assertTrue(failures.getFirst().where().endsWith(where), failures.toString());
  }

  private static Event event(String subject) {
    return LogAppender.event(subject);
  }
}
