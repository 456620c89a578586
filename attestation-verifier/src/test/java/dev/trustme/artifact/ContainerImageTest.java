// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An image of two data blocks with its tree, against what a manifest says of it. */
class ContainerImageTest {
  private static final Bytes SALT = Bytes.fromHex("aabb");
  private static final Digest OTHER = HashAlgorithm.SHA256.digest(Bytes.empty());

  @TempDir Path folder;
  private Digest root = OTHER;

  @BeforeEach
  void write() throws IOException {
    Files.write(file(), new byte[2 * 4096]);
    try (var channel = open()) {
      var superblock = new VeritySuperblock(Bytes.zeros(16), HashAlgorithm.SHA256, 2, SALT);
      var tree = VerityTree.compute(channel, superblock);
      tree.writeTo(channel, 2 * 4096);
      root = tree.root();
      assertEquals(3, tree.hashStart());
      assertEquals(superblock, tree.superblock());
    }
  }

  private Path file() {
    return folder.resolve("image");
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private ContainerManifest.Image image(Digest sha256, Digest rootHash, Bytes salt)
      throws IOException {
    return new ContainerManifest.Image(
        ContainerManifest.Image.SQUASHFS_VERITY,
        Files.size(file()),
        sha256,
        new ContainerManifest.Verity(rootHash, salt, 2, 3));
  }

  private String failed(ContainerManifest.Image expected) throws IOException {
    try (var channel = open()) {
      return String.join(
          " ",
          ImageVerifier.verify(channel, expected).stream()
              .filter(Check::failed)
              .map(Check::id)
              .toList());
    }
  }

  private Digest sha256() throws IOException {
    return HashAlgorithm.SHA256.digest(Bytes.copyOf(Files.readAllBytes(file())));
  }

  @Test
  void everyByteAndTheRootAreThoseOfTheManifest() throws IOException {
    assertEquals("", failed(image(sha256(), root, SALT)));
    assertEquals("image-digest", failed(image(OTHER, root, SALT)));
    assertEquals("image-root-hash", failed(image(sha256(), OTHER, SALT)));
    assertEquals("image-root-hash", failed(image(sha256(), root, Bytes.empty())));
    var expected = image(sha256(), root, SALT);
    byte[] changed = Files.readAllBytes(file());
    changed[4095] = 1;
    Files.write(file(), changed);
    assertEquals("image-digest image-root-hash", failed(expected));
    changed[2 * 4096] ^= 1;
    Files.write(file(), changed);
    assertEquals("image-digest image-root-hash", failed(expected));
    Files.write(file(), new byte[4096]);
    assertEquals("image-size", failed(expected));
  }

  /** Columns: what of a good manifest is replaced, by what, and whether it can still be read. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\":7|\"version\":1|true",
        "squashfs.verity|squashfs|false",
        "\"size\":16384|\"size\":12288|true",
        "\"size\":16384|\"size\":8192|false",
        "\"size\":16384|\"size\":0|false",
        "\"data-blocks\":2,\"hash-start\":3|\"data-blocks\":1,\"hash-start\":2|true",
        "\"data-blocks\":2,\"hash-start\":3|\"data-blocks\":0,\"hash-start\":1|false",
        "sha256:11|sha384:11|false",
        "\"uid\":1000|\"uid\":0|true",
        "\"A=b=c\"|\"1A=b\"|false",
        "\"A=b=c\"|\"A\"|false",
        "\"/bin/web\"|\"a\\u0000b\"|false",
        "\"/tmp\"|\"tmp\"|false",
        "\"size\":1048576|\"size\":0|false",
        "tmpfs|ext4|false"
      })
  void aManifestKeepsItsRules(String from, String to, boolean fits) throws FormatException {
    assertEquals(true, ContainerManifestTest.GOOD.contains(from), from);
    var json = Bytes.utf8(ContainerManifestTest.GOOD.replace(from, to));
    if (fits) {
      assertEquals(json, ContainerManifest.parse(json).encode());
    } else {
      assertThrows(FormatException.class, () -> ContainerManifest.parse(json));
    }
  }

  @ParameterizedTest
  @CsvSource({"256, true", "257, false"})
  void aSaltIsBounded(int size, boolean fits) {
    var salt = Bytes.zeros(size);
    if (fits) {
      var verity = new ContainerManifest.Verity(OTHER, salt, 1, 2);
      assertEquals(4096, verity.hashOffset());
    } else {
      assertThrows(
          IllegalArgumentException.class, () -> new ContainerManifest.Verity(OTHER, salt, 1, 2));
    }
  }
}
