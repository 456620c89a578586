// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerityTreeTest {
  private static final Bytes SALT = Bytes.fromHex("00112233445566778899aabbccddeeff");
  private static final Bytes UUID = Bytes.fromHex("1b4e28ba2fa111d2883f0016d3cca427");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1, SHA256, 59a56054db2cb4d940dd63107f831e74cc48fc8adc7a9c4d4f8bbb836c59663e",
    "129, SHA256, bba9d5e495d9bdb65bee7032e230e71aaeef3c9298acdbebb93ec013fd048b68",
    "129, SHA512, a2b2723b40d9b3e7434f4cf3faa087bf6870d205fb99140578a6ac86993a2c41"
        + "808225fe6aa3b69b6dc2bee0e7163cb9665ef16496cec5f09089bf26ebaef956"
  })
  void computesTheRootThatCryptsetupComputed(int blocks, HashAlgorithm algorithm, String root)
      throws Exception {
    assertEquals(root, sealed(blocks, algorithm).root().hex());
  }

  @Tag("process")
  @ParameterizedTest
  @CsvSource({
    "1,SHA256",
    "2,SHA256",
    "128,SHA256",
    "129,SHA384",
    "129,SHA512",
    "16385,SHA256",
    "16400,SHA512"
  })
  void writesTheBytesOfVeritysetup(int blocks, HashAlgorithm algorithm) throws Exception {
    var tree = sealed(blocks, algorithm);
    Path reference = folder.resolve("reference");
    Files.write(reference, data(blocks));
    String judged =
        run(
            "veritysetup",
            "format",
            "--hash=" + algorithm.label(),
            "--salt=" + SALT.hex(),
            "--uuid=1b4e28ba-2fa1-11d2-883f-0016d3cca427",
            "--hash-offset=" + blocks * 4096L,
            reference.toString(),
            reference.toString());
    assertTrue(judged.contains(tree.root().hex()), judged);
    assertArrayEquals(Files.readAllBytes(reference), Files.readAllBytes(image()));
    run(
        "veritysetup",
        "verify",
        "--hash-offset=" + blocks * 4096L,
        image().toString(),
        image().toString(),
        tree.root().hex());
  }

  @Test
  void acceptsTheImageItSealed() throws Exception {
    var tree = sealed(300, HashAlgorithm.SHA256);
    var file = Bytes.copyOf(Files.readAllBytes(image()));
    assertEquals(tree.encode(), file.slice(300 * 4096, file.size()));
    assertEquals(tree.hashAreaSize(), tree.encode().size());
    assertTrue(verify(tree.root(), 300).accepted());
  }

  @ParameterizedTest
  @CsvSource({
    "0, verity-root-hash",
    "1228799, verity-root-hash",
    "1228832, ''",
    "1232896, verity-hash-tree",
    "1236992, verity-hash-tree"
  })
  void rejectsOneChangedByte(long offset, String id) throws Exception {
    var tree = sealed(300, HashAlgorithm.SHA256);
    flip(offset);
    if (id.isEmpty()) {
      assertThrows(FormatException.class, () -> verify(tree.root(), 300));
    } else {
      assertTrue(failures(verify(tree.root(), 300)).contains(id));
    }
  }

  @Test
  void rejectsAnotherRoot() throws Exception {
    sealed(3, HashAlgorithm.SHA256);
    assertEquals(
        List.of("verity-root-hash"), failures(verify(Digest.zero(HashAlgorithm.SHA256), 3)));
  }

  @Test
  void rejectsBytesAfterTheTree() throws Exception {
    var tree = sealed(3, HashAlgorithm.SHA256);
    Files.write(image(), new byte[1], StandardOpenOption.APPEND);
    assertEquals(List.of("verity-hash-tree"), failures(verify(tree.root(), 3)));
  }

  @Test
  void rejectsASuperblockForLessData() throws Exception {
    var whole = sealed(3, HashAlgorithm.SHA256);
    try (var channel = open()) {
      var less = new VeritySuperblock(UUID, HashAlgorithm.SHA256, 2, SALT);
      channel.write(less.encode().buffer(), 3 * 4096);
    }
    assertEquals(List.of("verity-data-size"), failures(verify(whole.root(), 3)));
  }

  private VerityTree sealed(int blocks, HashAlgorithm algorithm) throws Exception {
    Files.write(image(), data(blocks));
    try (var channel = open()) {
      var tree = VerityTree.compute(channel, new VeritySuperblock(UUID, algorithm, blocks, SALT));
      tree.writeTo(channel, blocks * 4096L);
      return tree;
    }
  }

  private Verdict<VerityTree> verify(Digest root, int blocks) throws Exception {
    try (var channel = open()) {
      return VerityTree.verify(channel, blocks * 4096L, root);
    }
  }

  private static List<String> failures(Verdict<VerityTree> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }

  private void flip(long offset) throws IOException {
    byte[] content = Files.readAllBytes(image());
    content[Math.toIntExact(offset)] ^= 1;
    Files.write(image(), content);
  }

  private Path image() {
    return folder.resolve("image");
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(image(), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** The AES-128-CTR key stream of an all-zero key and counter. */
  private static byte[] data(int blocks) throws Exception {
    var cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(new byte[16], "AES"),
        new IvParameterSpec(new byte[16]));
    return cipher.doFinal(new byte[blocks * 4096]);
  }

  private static String run(String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
