// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.SignedVerity;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * Would the kernel open this image with dm-verity? File image; the tree in it at context
 * hash-offset, or in the file tree; context root-hash. With the file signature, its PKCS#7 over the
 * root hash by a certificate of the file keyring (PEM), and then root-hash is bare hex.
 */
final class VerityFamily {
  private VerityFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    try (var image = FileChannel.open(input.path("image"), StandardOpenOption.READ)) {
      if (!input.has("signature")) {
        return Outcome.of(
            VerityTree.verify(
                image,
                Long.parseLong(input.context("hash-offset")),
                Digest.parse(input.context("root-hash"))));
      }
      try (var tree = FileChannel.open(input.path("tree"), StandardOpenOption.READ)) {
        var signed =
            new SignedVerity(
                SignedVerity.rootHash(Bytes.utf8(input.context("root-hash"))),
                input.file("signature"));
        long offset = Long.parseLong(input.context("hash-offset"));
        return Outcome.of(
            signed.verify(
                image,
                new SignedVerity.Hashes(tree, offset),
                Certificates.parse(input.file("keyring"))));
      }
    }
  }
}
