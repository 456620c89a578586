// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.sign.Judge;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedImageTest {
  @TempDir Path folder;

  @Test
  void veritysetupVerifiesWhatWasSealed() throws Exception {
    Path image = folder.resolve("image");
    Files.write(image, new byte[10_000]);
    var sealed = seal(image);
    var layer = LayerDescription.of(sealed);
    assertEquals(3, layer.dataBlocks());
    assertEquals(4, layer.hashStart());
    assertEquals(sealed.sha256(), HashAlgorithm.SHA256.digest(Files.readAllBytes(image)));
    Judge.accepts(
        folder,
        "veritysetup",
        "verify",
        "--hash-offset=" + layer.dataBlocks() * 4096,
        "image",
        "image",
        layer.rootHash());
    assertEquals(layer, LayerDescription.parse(layer.encode()));
  }

  @Test
  void sealsEvenATinyImageWithATree() throws Exception {
    Path image = folder.resolve("image");
    Files.write(image, new byte[1]);
    assertEquals(2, seal(image).tree().superblock().dataBlocks());
  }

  @Test
  void sameContentSameImage() throws Exception {
    Path one = tree("one", Instant.parse("2020-01-01T00:00:00Z"));
    Path two = tree("two", Instant.parse("2026-01-01T00:00:00Z"));
    var squashfs = new Squashfs(Instant.EPOCH);
    squashfs.ofFolder(one, folder.resolve("one.img"));
    squashfs.ofFolder(two, folder.resolve("two.img"));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("one.img")),
        Files.readAllBytes(folder.resolve("two.img")));
    String list = Judge.accepts(folder, "unsquashfs", "-lln", "one.img");
    assertTrue(list.contains("-rw-r----- 0/0"), list);
  }

  @Test
  void aTarGivesItsContent() throws Exception {
    Path tree = tree("t", Instant.EPOCH);
    Judge.accepts(tree, "tar", "-cf", "../t.tar", ".");
    var source = RootSource.of(folder.resolve("t.tar"));
    assertInstanceOf(RootSource.Tar.class, source);
    Path image = folder.resolve("t.img");
    try (var channel = create(image)) {
      source.write(new Squashfs(Instant.EPOCH), image, channel);
    }
    Judge.accepts(folder, "unsquashfs", "-no-xattrs", "-d", "out", "t.img");
    assertEquals("text", Files.readString(folder.resolve("out/d/file")));
  }

  @Test
  void anImageIsTakenAsItIs() throws Exception {
    Path image = folder.resolve("one.img");
    new Squashfs(Instant.EPOCH).ofFolder(tree("one", Instant.EPOCH), image);
    Path copy = folder.resolve("copy.img");
    try (var channel = create(copy)) {
      RootSource.of(image).write(new Squashfs(Instant.EPOCH), copy, channel);
    }
    assertArrayEquals(Files.readAllBytes(image), Files.readAllBytes(copy));
  }

  @Test
  void refusesOtherFilesAndEmptyFolders() throws Exception {
    Path zip = Files.writeString(folder.resolve("zip"), "PK\u0003\u0004");
    assertThrows(FormatException.class, () -> RootSource.of(zip));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThrows(FormatException.class, () -> RootSource.of(empty));
  }

  @Test
  void saysWhatMksquashfsSaid() {
    var squashfs = new Squashfs(Instant.EPOCH);
    var failed =
        assertThrows(
            IOException.class,
            () -> squashfs.ofFolder(folder.resolve("nothing"), folder.resolve("x.img")));
    assertTrue(String.valueOf(failed.getMessage()).contains("mksquashfs: exit"), failed.toString());
  }

  private Path tree(String name, Instant time) throws IOException {
    Path tree = Files.createDirectories(folder.resolve(name));
    Files.createDirectory(tree.resolve("d"));
    Path file = Files.writeString(tree.resolve("d/file"), "text");
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
    Files.setLastModifiedTime(file, FileTime.from(time));
    return tree;
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static SealedImage seal(Path image) throws IOException {
    try (var channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return SealedImage.seal(channel);
    }
  }
}
