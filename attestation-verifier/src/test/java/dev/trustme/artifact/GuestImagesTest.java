// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images beside a configuration that tells of them. */
class GuestImagesTest {
  private static final String TEXT =
      """
      name: "a" hardware: "x86" version: 1 description { en: "d" }
      mounts { image_file: "root" mount_point: "/" fs_type: "squashfs" mount_type: SHARED
        image_verity_sha256: "00" }
      mounts { image_file: "data" mount_point: "/d" fs_type: "ext4" mount_type: EMPTY }
      """;

  @TempDir Path folder;
  private GuestImages images;

  @BeforeEach
  void write() throws IOException {
    images = new GuestImages(folder);
    Files.write(images.image("root"), new byte[3 * 4096]);
  }

  private void writeTree(byte[] content) throws IOException {
    Path file = folder.resolve("data");
    Files.write(file, content);
    try (var channel = FileChannel.open(file)) {
      var superblock =
          new VeritySuperblock(
              Bytes.zeros(16), HashAlgorithm.SHA256, content.length / 4096, Bytes.empty());
      var tree = VerityTree.compute(channel, superblock);
      Files.write(images.hashImage("root"), tree.encode().toArray());
    }
  }

  private GuestConfiguration told() throws IOException, FormatException {
    var image = images.measure("root");
    return GuestConfiguration.parse(Bytes.utf8(TEXT)).with(name -> image);
  }

  private String failed(GuestConfiguration configuration) throws IOException, FormatException {
    return String.join(
        " ", images.check(configuration).stream().filter(Check::failed).map(Check::id).toList());
  }

  @Test
  void whatIsToldOfAnImageIsMeasured() throws IOException, FormatException {
    var plain = told();
    var mount = plain.mounts().getFirst();
    assertEquals(Optional.of(3 * 4096L), mount.imageSize());
    assertEquals(
        Optional.of(HashAlgorithm.SHA256.digest(Bytes.zeros(3 * 4096)).hex()), mount.sha256());
    assertEquals(Optional.of(HashAlgorithm.SHA1.digest(Bytes.zeros(3 * 4096)).hex()), mount.sha1());
    assertEquals(Optional.empty(), mount.verityRoot());
    assertEquals(Optional.empty(), plain.mounts().getLast().imageSize());
    assertEquals("", failed(plain));
    assertEquals(3, images.check(plain).size());
    assertEquals(plain.raw(), GuestConfiguration.parse(plain.raw()).raw());
    writeTree(new byte[3 * 4096]);
    var sealed = told();
    assertEquals(64, sealed.mounts().getFirst().verityRoot().orElseThrow().length());
    assertEquals("", failed(sealed));
    assertEquals(4, images.check(sealed).size());
  }

  @Test
  void anotherImageIsNoticed() throws IOException, FormatException {
    writeTree(new byte[3 * 4096]);
    var sealed = told();
    Files.delete(images.hashImage("root"));
    assertEquals("image-verity", failed(sealed));
    byte[] other = new byte[3 * 4096];
    other[5000] = 1;
    Files.write(images.image("root"), other);
    assertEquals("image-sha256 image-sha1 image-verity", failed(sealed));
    Files.write(images.image("root"), new byte[4096]);
    assertEquals("image-size image-sha256 image-sha1 image-verity", failed(sealed));
    var untold = GuestConfiguration.parse(Bytes.utf8(TEXT));
    assertEquals("image-size image-sha256 image-verity", failed(untold));
  }

  @Test
  void aTreeIsThatOfTheImage() throws IOException {
    writeTree(new byte[2 * 4096]);
    assertThrows(FormatException.class, () -> images.measure("root"));
    byte[] other = new byte[3 * 4096];
    other[0] = 1;
    writeTree(other);
    assertThrows(FormatException.class, () -> images.measure("root"));
    Files.write(images.hashImage("root"), new byte[5]);
    assertThrows(FormatException.class, () -> images.measure("root"));
  }

  @Test
  void versionAndDateAreReplaced() throws FormatException {
    var configuration = GuestConfiguration.parse(Bytes.utf8(TEXT));
    assertEquals(-1, configuration.withVersion(-1).version());
    var dated = configuration.withBuildDate("today").withBuildDate("tomorrow");
    assertEquals(1, dated.raw().utf8().split("build_date: \"tomorrow\"", -1).length - 1);
    assertEquals(false, dated.raw().utf8().contains("today"));
  }

  /** Files are named after it. */
  @ParameterizedTest
  @ValueSource(strings = {"", ".a", "../a", "a/b"})
  void aNameIsAFileName(String name) {
    for (String key : new String[] {"name: \"a\"", "image_file: \"root\""}) {
      String field = key.substring(0, key.indexOf('"'));
      var text = Bytes.utf8(TEXT.replace(key, field + "\"" + name + "\""));
      assertThrows(FormatException.class, () -> GuestConfiguration.parse(text));
    }
  }

  @Test
  void namesAndMountsAreBounded() throws FormatException {
    var longest = "a".repeat(200);
    var text = TEXT.replace("name: \"a\"", "name: \"" + longest + "\"");
    assertEquals(longest, GuestConfiguration.parse(Bytes.utf8(text)).name());
    var longer = Bytes.utf8(text.replace(longest, longest + "a"));
    assertThrows(FormatException.class, () -> GuestConfiguration.parse(longer));
    String mount = TEXT.substring(TEXT.lastIndexOf("mounts"));
    var most = Bytes.utf8(TEXT + mount.repeat(254));
    assertEquals(256, GuestConfiguration.parse(most).mounts().size());
    var fits = Bytes.utf8(TEXT + " ".repeat(262144 - TEXT.length()));
    assertEquals(2, GuestConfiguration.parse(fits).mounts().size());
    assertThrows(
        FormatException.class, () -> GuestConfiguration.parse(Bytes.concat(fits, Bytes.utf8(" "))));
  }
}
