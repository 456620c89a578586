// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.artifact.VeritySuperblock;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** Images with dm-verity trees: appended, and in files of their own with a signed root hash. */
final class VerityVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final int BLOCK = VeritySuperblock.BLOCK;

  private final FamilyMaker family;

  VerityVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "verity", OURS);
  }

  void make() throws IOException {
    appended();
    signed();
    family.write();
  }

  private static Bytes data(int blocks) {
    var data = new byte[blocks * BLOCK];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 + (i >> 8));
    }
    return Bytes.copyOf(data);
  }

  private static VerityTree tree(Bytes data) throws IOException {
    var superblock =
        new VeritySuperblock(
            Bytes.fromHex("7c673ee7c41c431a89ad11590e357214"),
            HashAlgorithm.SHA256,
            data.size() / BLOCK,
            Bytes.fromHex("00112233445566778899aabbccddeeff"));
    Path scratch = Files.createTempFile("verity", ".img");
    Files.write(scratch, data.toArray());
    try (var channel = FileChannel.open(scratch, StandardOpenOption.READ)) {
      return VerityTree.compute(channel, superblock);
    } finally {
      Files.delete(scratch);
    }
  }

  private void appended() throws IOException {
    var data = data(129);
    var tree = tree(data);
    Bytes image = Bytes.concat(data, tree.encode());
    family.file("good.img", image);
    var good =
        family.accept(
            "good",
            "129 data blocks, so that the tree has two levels",
            Map.of("image", "good.img"),
            Map.of(
                "hash-offset", Integer.toString(data.size()), "root-hash", tree.root().toString()));
    int last = data.size() - 1;
    int inTree = image.size() - BLOCK;
    family
        .otherFile(
            good,
            "data-byte",
            "one byte of the last data block changed",
            "image",
            with(image, last, image.at(last) ^ 1),
            "verity-root-hash")
        .otherFile(
            good,
            "tree-byte",
            "one byte of the stored tree changed, the data as it was",
            "image",
            with(image, inTree, image.at(inTree) ^ 1),
            "verity-hash-tree")
        .otherFile(
            good,
            "fewer-data-blocks",
            "the superblock names 128 data blocks, so the last one would be unprotected",
            "image",
            with(image, data.size() + 72, 128),
            "verity-data-size");
  }

  private void signed() throws IOException {
    var data = data(3);
    var tree = tree(data);
    String root = tree.root().hex();
    var signer = TestPki.root(new Shape("layer", 20, 0, 0x80, List.of(Role.LAYER)));
    family
        .file("signed.raw", data)
        .file("signed.verity", tree.encode())
        .file("signed.p7s", p7s(signer, Bytes.utf8(root)))
        .file("signed.pem", Bytes.utf8(Certificates.pem(List.of(signer.certificate()))));
    var good =
        family.accept(
            "signed",
            "three data blocks, the tree in a file of its own, the root hash signed",
            Map.of(
                "image", "signed.raw",
                "tree", "signed.verity",
                "signature", "signed.p7s",
                "keyring", "signed.pem"),
            Map.of("hash-offset", "0", "root-hash", root));
    rootHashes(good, root);
    family
        .otherFile(
            good,
            "signature-over-binary",
            "the signature is over the 32 bytes of the root hash, not over its digits",
            "signature",
            p7s(signer, tree.root().value()),
            "root-hash-signature")
        .otherFile(
            good,
            "unprotected-end",
            "a block behind what the tree protects",
            "image",
            Bytes.concat(data, Bytes.zeros(BLOCK)),
            "verity-protected-size");
    superblocks(good, tree.encode());
  }

  private void rootHashes(Vector good, String root) {
    String problem = "verity root hash: expected 64, 96 or 128 lower-case hex digits";
    family.otherContext(
        good,
        "root-hash-upper-case",
        "the root hash in upper case",
        "root-hash",
        root.toUpperCase(java.util.Locale.ROOT),
        problem);
  }

  private void superblocks(Vector good, Bytes tree) throws IOException {
    superblock(good, "magic", "another magic", with(tree, 0, 'V'), "expected the magic \"verity\"");
    superblock(
        good, "version", "version 2", with(tree, 8, 2), "version 2 is not supported, expected 1");
    superblock(
        good,
        "hash-type",
        "hash type 2",
        with(tree, 12, 2),
        "hash type 2 is not supported, expected 1");
    superblock(
        good,
        "algorithm",
        "MD5",
        with(tree, 32, 'm', 'd', '5', 0, 0, 0),
        "unknown hash algorithm " + Bytes.utf8("md5").hex() + "00".repeat(29));
    superblock(
        good,
        "data-block-size",
        "data blocks of 3000 bytes",
        with(tree, 64, 0xb8, 0x0b),
        "data block size 3000 is not supported, expected 4096");
    superblock(
        good,
        "hash-block-size",
        "hash blocks of 0 bytes",
        with(tree, 68, 0, 0),
        "hash block size 0 is not supported, expected 4096");
    superblock(
        good, "no-data", "no data block", with(tree, 72, 0), "unusable number of data blocks 0");
    superblock(
        good,
        "data-blocks-huge",
        "2^63 data blocks",
        with(tree, 79, 0x80),
        "unusable number of data blocks 9223372036854775811");
    superblock(
        good,
        "salt-size",
        "a salt of 257 bytes",
        with(tree, 80, 1, 1),
        "salt of 257 bytes, at most 256 are possible");
    superblock(good, "padding", "a byte in the padding", with(tree, 84, 1), "padding is not zero");
  }

  private void superblock(Vector good, String id, String comment, Bytes tree, String problem)
      throws IOException {
    family.otherFile(
        good,
        "superblock-" + id,
        "superblock: " + comment,
        "tree",
        tree,
        "verity superblock: " + problem);
  }

  private static Bytes p7s(Identity signer, Bytes message) {
    return new Pkcs7Signer(new RoleKey(signer.key(), List.of(signer.certificate())))
        .detached(message);
  }
}
