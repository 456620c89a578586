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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * An image behind dm-verity as the kernel opens it with {@code require_signatures}: the root hash,
 * in hex, signed by a certificate of the keyring; superblock and tree those of the data; no byte of
 * the image outside of what the tree protects. Linux, drivers/md/dm-verity-verify-sig.c.
 *
 * @param rootHash lower-case hex, as it is given to the kernel
 * @param signature PKCS#7, over the characters of {@code rootHash}
 */
public record SignedVerity(String rootHash, Bytes signature) {
  private static final String WHAT = "verity root hash";

  /** {@code hashOffset}: where the superblock begins, in bytes from the start of its file. */
  public record Hashes(FileChannel file, long hashOffset) {}

  /** Reads a root hash: hex in lower case, of a digest that dm-verity knows; perhaps a line end. */
  public static String rootHash(Bytes text) throws FormatException {
    String hex = text.utf8().replaceFirst("\n\\z", "");
    if (!hex.matches("[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}")) {
      throw new FormatException(WHAT, 0, "expected 64, 96 or 128 lower-case hex digits");
    }
    return hex;
  }

  /** The decision; {@code hashes} may lie in the image's own file. */
  public Verdict<VerityTree> verify(
      FileChannel image, Hashes hashes, List<X509CertificateHolder> keyring)
      throws IOException, FormatException {
    List<Check> checks = new ArrayList<>(signatureChecks(keyring));
    var superblock = VeritySuperblock.parse(ByteBuffer.wrap(read(hashes, VeritySuperblock.SIZE)));
    boolean appended = hashes.file().equals(image);
    long expected = appended ? hashes.hashOffset() : image.size();
    checks.add(
        same("verity-protected-size", expected + " bytes", superblock.dataSize() + " bytes"));
    if (checks.getLast().failed()) {
      return new Verdict.Rejected<>(checks);
    }
    var tree = VerityTree.compute(image, superblock);
    checks.add(same("verity-root-hash", root(superblock).toString(), tree.root().toString()));
    boolean stored = tree.isAt(hashes.file(), hashes.hashOffset());
    checks.add(
        stored
            ? Check.pass("verity-hash-tree", tree.hashAreaSize() + " bytes")
            : Check.fail("verity-hash-tree", "the tree of the data", "another")
                .at("offset " + hashes.hashOffset()));
    return Verdict.of(checks, () -> tree);
  }

  /** A root hash of another digest's size is another root hash. */
  private Digest root(VeritySuperblock superblock) {
    var value = Bytes.fromHex(rootHash);
    return Arrays.stream(HashAlgorithm.values())
        .filter(a -> a == superblock.algorithm() && a.size() == value.size())
        .findFirst()
        .map(a -> new Digest(a, value))
        .orElse(Digest.zero(superblock.algorithm()));
  }

  private List<Check> signatureChecks(List<X509CertificateHolder> keyring) throws FormatException {
    var verdict = DetachedSignature.verify(signature, Bytes.utf8(rootHash), keyring);
    if (!verdict.accepted()
        && DetachedSignature.verify(signature, Bytes.fromHex(rootHash), keyring).accepted()) {
      return List.of(
          Check.fail("root-hash-signature", "over the hex digits", "over the binary root hash")
              .advise("sign the text of the root hash, without a line end"));
    }
    return verdict.checks();
  }

  private static Check same(String id, String expected, String seen) {
    return expected.equals(seen) ? Check.pass(id, seen) : Check.fail(id, expected, seen);
  }

  private static byte[] read(Hashes hashes, int count) throws IOException {
    var buffer = ByteBuffer.allocate(count);
    int got = 0;
    while (buffer.hasRemaining() && got >= 0) {
      got = hashes.file().read(buffer, hashes.hashOffset() + buffer.position());
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
