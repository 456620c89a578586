// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A container's image against its manifest: every byte is read through the one channel. The digest
 * covers the file; the root hash, which is what gets measured, is computed from the data anew.
 */
public final class ImageVerifier {
  private static final int CHUNK = 1 << 20;
  private static final String REINSTALL =
      "the image is not the one that was signed; get it again from where it was signed";

  private ImageVerifier() {}

  /** The checks image-size, and if it fits image-digest and image-root-hash. */
  public static List<Check> verify(FileChannel image, ContainerManifest.Image expected)
      throws IOException {
    long size = image.size();
    if (size != expected.size()) {
      return List.of(
          Check.fail("image-size", expected.size() + " bytes", size + " bytes").advise(REINSTALL));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(Check.pass("image-size", size + " bytes"));
    checks.add(compare("image-digest", expected.sha256(), sha256(image)));
    checks.add(rootHash(image, expected.verity()));
    return checks;
  }

  private static Check compare(String id, Digest expected, Digest seen) {
    return expected.equals(seen)
        ? Check.pass(id, seen.toString())
        : Check.fail(id, expected.toString(), seen.toString()).advise(REINSTALL);
  }

  private static Digest sha256(FileChannel image) throws IOException {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    var buffer = ByteBuffer.allocate(CHUNK);
    long at = 0;
    for (int got = image.read(buffer, at); got > 0; got = image.read(buffer, at)) {
      digest.update(buffer.flip());
      buffer.clear();
      at += got;
    }
    return new Digest(HashAlgorithm.SHA256, Bytes.copyOf(digest.digest()));
  }

  private static Check rootHash(FileChannel image, ContainerManifest.Verity verity)
      throws IOException {
    String expected = verity.rootHash().toString();
    try {
      return switch (VerityTree.verify(image, verity.hashOffset(), verity.rootHash())) {
        case Verdict.Rejected<VerityTree> rejected -> {
          var first = rejected.failures().getFirst();
          yield Check.fail("image-root-hash", expected, first.seen())
              .at(first.id())
              .advise(REINSTALL);
        }
        case Verdict.Accepted<VerityTree> accepted ->
            accepted.value().superblock().salt().equals(verity.salt())
                ? Check.pass("image-root-hash", expected)
                : Check.fail("image-root-hash", "the manifest's salt", "another salt");
      };
    } catch (FormatException e) {
      return Check.fail("image-root-hash", expected, e.problem()).advise(REINSTALL);
    }
  }
}
