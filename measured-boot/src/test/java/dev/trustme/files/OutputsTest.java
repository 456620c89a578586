// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputsTest {
  private static final Bytes OLD = Bytes.utf8("old");
  private static final Bytes NEW = Bytes.utf8("new");

  @TempDir private Path folder = Path.of("");

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Bytes read(String name) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(folder.resolve(name)));
  }

  @Test
  void writesTheFileAndNothingElse() throws IOException {
    Outputs.write(folder.resolve("a"), NEW, false);
    assertEquals(List.of("a"), names());
    assertEquals(NEW, read("a"));
    assertEquals(Outputs.SHARED, Files.getPosixFilePermissions(folder.resolve("a")));
  }

  @Test
  void privateFilesAreNeverReadableByOthers() throws IOException {
    var key = folder.resolve("key");
    try (var staged = Outputs.stage(key, Outputs.PRIVATE, false)) {
      assertEquals(Outputs.PRIVATE, Files.getPosixFilePermissions(staged.path()));
      staged.write(NEW.buffer());
      staged.commit();
    }
    assertEquals(Outputs.PRIVATE, Files.getPosixFilePermissions(key));
  }

  @Test
  void anExistingOutputStaysUnlessForced() throws IOException {
    var file = folder.resolve("a");
    Outputs.write(file, OLD, false);
    var refused =
        assertThrows(FileAlreadyExistsException.class, () -> Outputs.write(file, NEW, false));
    assertTrue(refused.toString().contains("--force"), refused.toString());
    assertEquals(OLD, read("a"));
    Outputs.write(file, NEW, true);
    assertEquals(NEW, read("a"));
    assertEquals(List.of("a"), names());
  }

  @Test
  void anOutputThatAppearsMeanwhileIsNotOverwritten() throws IOException {
    var file = folder.resolve("a");
    try (var staged = Outputs.stage(file, Outputs.SHARED, false)) {
      staged.write(NEW.buffer());
      Files.write(file, OLD.toArray());
      assertThrows(FileAlreadyExistsException.class, staged::commit);
    }
    assertEquals(OLD, read("a"));
    assertEquals(List.of("a"), names());
  }

  @Test
  void whatIsNotCommittedDisappears() throws IOException {
    try (var staged = Outputs.stage(folder.resolve("a"), Outputs.SHARED, false)) {
      staged.write(NEW.buffer());
      assertEquals(1, names().size());
    }
    try (var staged = Outputs.stageFolder(folder.resolve("b"), false)) {
      Files.write(staged.path().resolve("c"), NEW.toArray());
    }
    assertEquals(List.of(), names());
  }

  @Test
  void aForcedWriteThatFailsKeepsTheOldFile() throws IOException {
    Outputs.write(folder.resolve("a"), OLD, false);
    try (var staged = Outputs.stage(folder.resolve("a"), Outputs.SHARED, true)) {
      staged.write(NEW.buffer());
    }
    assertEquals(OLD, read("a"));
    assertEquals(List.of("a"), names());
  }

  @Test
  void aLinkIsReplacedNotFollowed() throws IOException {
    Files.write(folder.resolve("target"), OLD.toArray());
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
    assertThrows(FileAlreadyExistsException.class, () -> Outputs.write(link, NEW, false));
    Outputs.write(link, NEW, true);
    assertEquals(OLD, read("target"));
    assertTrue(Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void aMissingFolderIsNamed() throws IOException {
    var refused =
        assertThrows(IOException.class, () -> Outputs.write(folder.resolve("no/a"), NEW, false));
    assertTrue(refused.toString().contains("no does not exist"), refused.toString());
    assertEquals(List.of(), names());
  }

  @Test
  void foldersAppearWholeAndReplaceWhole() throws IOException {
    var target = folder.resolve("pki");
    try (var staged = Outputs.stageFolder(target, false)) {
      Files.write(staged.path().resolve("one"), OLD.toArray());
      assertTrue(Files.notExists(target));
      staged.commit();
    }
    assertThrows(FileAlreadyExistsException.class, () -> Outputs.stageFolder(target, false));
    try (var staged = Outputs.stageFolder(target, true)) {
      Files.write(staged.path().resolve("two"), NEW.toArray());
      staged.commit();
    }
    assertEquals(List.of("pki"), names());
    assertTrue(Files.exists(target.resolve("two")));
    assertTrue(Files.notExists(target.resolve("one")));
  }

  @Test
  void anEndingProcessRemovesWhatItBegan() throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Unfinished.class.getName(),
                folder.resolve("a").toString())
            .start();
    // It says when its temporary file is there, and then waits for ever.
    assertEquals('!', process.getInputStream().read());
    assertEquals(1, names().size());
    process.destroy();
    process.waitFor();
    assertEquals(List.of(), names());
  }

  /** Begins an output and is killed before it ends. */
  static final class Unfinished {
    public static void main(String[] args) throws IOException, InterruptedException {
      try (var staged = Outputs.stage(Path.of(args[0]), Outputs.SHARED, false)) {
        staged.write(NEW.buffer());
        System.out.print("!");
        System.out.flush();
        new java.util.concurrent.CountDownLatch(1).await();
      }
    }
  }
}
