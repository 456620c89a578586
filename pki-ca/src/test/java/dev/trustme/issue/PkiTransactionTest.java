// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Outputs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiTransactionTest {
  @TempDir private Path dir;
  private Path folder;

  @BeforeEach
  void makePki() throws Exception {
    folder = dir.resolve("pki");
    TestPki.create(folder);
  }

  @Test
  void everythingHappensAtTheCommit() throws Exception {
    try (var change = PkiFolder.open(folder).begin()) {
      change
          .put("extra/note.txt", Bytes.utf8("new"))
          .putPrivate("keys/extra.pem", Bytes.utf8("secret"))
          .remove("certs/PK.pem")
          .issued(List.of(change.folder().authority("device")))
          .log(event(change.folder(), "try"));
      assertFalse(Files.exists(folder.resolve("extra/note.txt")));
      change.commit(TestPki.AT);
    }
    var pki = PkiFolder.open(folder);
    assertEquals("new", pki.file("extra/note.txt").orElseThrow().utf8());
    assertEquals(Outputs.PRIVATE, Files.getPosixFilePermissions(folder.resolve("keys/extra.pem")));
    assertTrue(pki.file("certs/PK.pem").isEmpty());
    assertEquals(List.of(pki.authority("device")), pki.issued(pki.index().issued()));
    assertTrue(pki.log().verify().accepted());
    assertEquals("try", pki.log().entries().getLast().action());
    assertFalse(Files.exists(folder.resolve(".journal")));
  }

  @Test
  void nothingHappensWithoutIt() throws Exception {
    String index = Files.readString(folder.resolve("pki.json"));
    long entries = PkiFolder.open(folder).log().entries().size();
    try (var change = PkiFolder.open(folder).begin()) {
      change.put("extra/note.txt", Bytes.utf8("new")).log(event(change.folder(), "try"));
    }
    var pki = PkiFolder.open(folder);
    assertTrue(pki.file("extra/note.txt").isEmpty());
    assertEquals(index, Files.readString(folder.resolve("pki.json")));
    assertEquals(entries, pki.log().entries().size());
  }

  @Test
  void namesStayInsideTheFolder() throws Exception {
    try (var change = PkiFolder.open(folder).begin()) {
      for (String name : List.of("../x", "/x", ".lock", "a/../b", "a//b", "a/.hidden", "")) {
        assertThrows(IllegalArgumentException.class, () -> change.put(name, Bytes.utf8("")), name);
      }
    }
  }

  /** What a crash leaves between the commit point and the end of the changes. */
  @Test
  void anInterruptedCommitIsCompletedByTheNextCommand() throws Exception {
    long entries = PkiFolder.open(folder).log().entries().size();
    try (var change = PkiFolder.open(folder).begin()) {
      change.put("extra/note.txt", Bytes.utf8("new")).log(event(change.folder(), "try"));
      change.commit(TestPki.AT);
    }
    Path log = folder.resolve("log.jsonl");
    List<String> lines = Files.readAllLines(log);
    String line = lines.getLast() + "\n";
    long offset = Files.size(log) - line.length();
    // The note was moved already, the line is half written.
    Files.writeString(log, String.join("\n", lines.subList(0, lines.size() - 1)) + "\n{\"seq");
    Path journal = Files.createDirectory(folder.resolve(".journal"));
    Files.writeString(journal.resolve("log"), line);
    Files.writeString(journal.resolve("1"), "more");
    Files.writeString(
        journal.resolve("plan.json"),
        """
        {"schema":"trustme/journal/1",
         "files":[{"name":"extra/note.txt","source":"0"},{"name":"extra/more.txt","source":"1"}],
         "removed":[], "log":{"name":"log.jsonl","offset":%d,"source":"log"}}
        """
            .formatted(offset));
    var pki = PkiFolder.open(folder);
    assertEquals("more", pki.file("extra/more.txt").orElseThrow().utf8());
    assertEquals(entries + 1, pki.log().entries().size());
    assertTrue(pki.log().verify().accepted());
    assertFalse(Files.exists(journal));
  }

  @Test
  void whatWasNotCommittedIsDropped() throws Exception {
    Path staged = Files.createDirectory(folder.resolve(".staged"));
    Files.writeString(staged.resolve("0"), "half");
    Path journal = Files.createDirectory(folder.resolve(".journal"));
    Files.writeString(journal.resolve("0"), "its plan was carried out and removed");
    PkiFolder.open(folder).begin().close();
    assertFalse(Files.exists(staged));
    assertFalse(Files.exists(journal));
  }

  @Test
  void writersTakeTurns() throws Exception {
    try (var pool = Executors.newFixedThreadPool(4)) {
      List<Callable<Void>> writers =
          IntStream.range(0, 24)
              .<Callable<Void>>mapToObj(i ->
                  () -> {
                    try (var change = PkiFolder.open(folder).begin()) {
                      change
                          .issued(List.of(change.folder().authority("device")))
                          .log(event(change.folder(), "turn-" + i))
                          .commit(TestPki.AT);
                    }
                    PkiFolder.open(folder)
                        .log()
                        .append(TestPki.AT, List.of(event(PkiFolder.open(folder), "line-" + i)));
                    return null;
                  })
              .toList();
      for (var result : pool.invokeAll(writers)) {
        result.get();
      }
    }
    var pki = PkiFolder.open(folder);
    assertTrue(pki.log().verify().accepted());
    assertEquals(25, pki.index().issued());
    var actions = pki.log().entries().stream().map(SigningLog.Entry::action).toList();
    IntStream.range(0, 24).forEach(i -> assertTrue(actions.contains("turn-" + i)));
    IntStream.range(0, 24).forEach(i -> assertTrue(actions.contains("line-" + i)));
  }

  private static SigningLog.Event event(PkiFolder pki, String action) throws Exception {
    return SigningLog.Event.about(action, pki.authority("device"));
  }
}
