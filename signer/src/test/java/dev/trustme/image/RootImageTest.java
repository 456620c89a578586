// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.FormatException;
import dev.trustme.image.TestLayout.Tar;
import dev.trustme.sign.Judge;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A device's root as a tar archive: read by us, made a file system by the distribution's tools. */
class RootImageTest {
  private static final FileSystemMaker SQUASHFS = new Squashfs(Instant.EPOCH);
  private static final FileSystemMaker EROFS = new Erofs(Instant.EPOCH);

  @TempDir Path folder;

  private Path image(FileSystemMaker maker, String root, String name) throws Exception {
    Path image = folder.resolve(name);
    try (var channel =
        FileChannel.open(
            image,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      RootSource.of(folder.resolve(root)).write(maker, image, channel);
    }
    return image;
  }

  private void write(String name, Tar tar) throws IOException {
    Files.write(folder.resolve(name), tar.bytes().toArray());
  }

  /** A small root as tar itself writes it, and the folder that it came from. */
  private void root() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("root/usr/bin"));
    Files.writeString(bin.resolve("su"), "#!/bin/sh\n".repeat(900));
    Judge.accepts(folder, "chmod", "4755", "root/usr/bin/su");
    Files.createLink(bin.resolve("runuser"), bin.resolve("su"));
    Files.createSymbolicLink(folder.resolve("root/bin"), Path.of("usr/bin"));
    Files.createDirectory(folder.resolve("root/closed"));
    Files.writeString(folder.resolve("root/closed/file"), "x");
    Judge.accepts(folder, "chmod", "0500", "root/closed");
    Judge.accepts(folder, "tar", "-C", "root", "-cf", "root.tar", ".");
  }

  @Test
  void squashfsHasWhatTheArchiveHas() throws Exception {
    root();
    image(SQUASHFS, "root.tar", "tar.img");
    String list = Judge.accepts(folder, "unsquashfs", "-lln", "tar.img");
    assertTrue(list.contains("-rwsr-xr-x 0/0"), list);
    assertTrue(list.contains("dr-x------ 0/0"), list);
    assertTrue(list.contains("bin -> usr/bin"), list);
    Judge.accepts(folder, "unsquashfs", "-no-xattrs", "-d", "out", "tar.img");
    Judge.accepts(folder, "diff", "-r", "root", "out");
    assertEquals(
        Files.getAttribute(folder.resolve("out/usr/bin/su"), "unix:ino"),
        Files.getAttribute(folder.resolve("out/usr/bin/runuser"), "unix:ino"));
  }

  @Test
  void anArchiveAndItsFolderGiveOneErofs() throws Exception {
    root();
    Path ofFolder = image(EROFS, "root", "folder.img");
    Path ofTar = image(EROFS, "root.tar", "tar.img");
    assertArrayEquals(Files.readAllBytes(ofFolder), Files.readAllBytes(ofTar));
    Judge.accepts(folder, "fsck.erofs", "tar.img");
    try (var left = Files.list(folder)) {
      assertEquals(
          List.of("folder.img", "root", "root.tar", "tar.img"),
          left.map(p -> p.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void devicesAreForSquashfs() throws Exception {
    write(
        "dev.tar",
        new Tar()
            .folder("dev")
            .entry("dev/null", TarConstants.LF_CHR, "")
            .entry("dev/pipe", TarConstants.LF_FIFO, ""));
    image(SQUASHFS, "dev.tar", "dev.img");
    String list = Judge.accepts(folder, "unsquashfs", "-lln", "dev.img");
    assertTrue(list.contains("crwxr-xr-x 0/0"), list);
    assertTrue(list.contains("prwxr-xr-x 0/0"), list);
    var refused = assertThrows(IOException.class, () -> image(EROFS, "dev.tar", "none.img"));
    assertTrue(refused.toString().contains(": dev/null: is a device"), refused.toString());
  }

  static Stream<Arguments> refused() throws IOException {
    return Stream.of(
        Arguments.of("'../../etc/x': has an empty", new Tar().file("../../etc/x", "x")),
        Arguments.of("'/etc/x': is an absolute path", new Tar().file("/etc/x", "x")),
        Arguments.of("'a': appears twice", new Tar().file("a", "1").file("a", "2")),
        Arguments.of("'d/x': lies below d", new Tar().symlink("d", "/etc").file("d/x", "")),
        Arguments.of("'l': is a hard link to etc/x", new Tar().link("l", "etc/x")));
  }

  @ParameterizedTest
  @MethodSource
  void refused(String words, Tar tar) throws Exception {
    write("bad.tar", tar);
    for (var maker : List.of(SQUASHFS, EROFS)) {
      var refused =
          assertThrows(FormatException.class, () -> image(maker, "bad.tar", maker + ".img"));
      String said = refused.structure() + ": " + refused.problem();
      assertTrue(said.startsWith("root archive entry " + words), said);
      assertTrue(refused.toString().contains("bad.tar: "), refused.toString());
    }
  }

  @Test
  void anArchiveThatIsCutOffIsMalformed() throws Exception {
    root();
    byte[] whole = Files.readAllBytes(folder.resolve("root.tar"));
    Files.write(folder.resolve("cut.tar"), java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThrows(FormatException.class, () -> image(SQUASHFS, "cut.tar", "cut.img"));
  }
}
