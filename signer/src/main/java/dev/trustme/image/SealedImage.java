// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.artifact.VeritySuperblock;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A file system image with its dm-verity superblock and tree, appended or in a file of their own.
 * Salt, where none is given, and UUID come from the image's digest: the same image gives the same
 * bytes, another image another salt.
 *
 * @param size bytes of the image file, with what was appended
 * @param sha256 of the image file
 */
public record SealedImage(VerityTree tree, long size, Digest sha256) {
  private static final int BLOCK = VeritySuperblock.BLOCK;

  /** With a single data block there would be no tree to point at. */
  private static final int MIN_BLOCKS = 2;

  private static final int READ = 1 << 20;

  /**
   * How the tree is made.
   *
   * @param algorithm sha256, or another that dm-verity knows
   * @param salt at most 256 bytes; where it is absent, one of the image's own
   */
  public record Tree(HashAlgorithm algorithm, Optional<Bytes> salt) {
    public static final Tree DEFAULT = new Tree(HashAlgorithm.SHA256, Optional.empty());
  }

  /** Pads the image with zeros to whole blocks, then appends the hash area. */
  public static SealedImage seal(FileChannel image) throws IOException {
    return seal(image, Tree.DEFAULT);
  }

  public static SealedImage seal(FileChannel image, Tree how) throws IOException {
    pad(image);
    var tree = VerityTree.compute(image, superblock(image, sha256(image), how));
    tree.writeTo(image, tree.superblock().dataSize());
    return new SealedImage(tree, image.size(), sha256(image));
  }

  /** The same with the hash area in another file, which is empty. */
  public static SealedImage sealSeparately(FileChannel image, FileChannel hashes, Tree how)
      throws IOException {
    pad(image);
    var content = sha256(image);
    var tree = VerityTree.compute(image, superblock(image, content, how));
    tree.writeTo(hashes, 0);
    return new SealedImage(tree, image.size(), content);
  }

  private static VeritySuperblock superblock(FileChannel image, Digest content, Tree how)
      throws IOException {
    var salt = HashAlgorithm.SHA256.digest(Bytes.utf8("trustme verity salt"), content.value());
    var uuid = HashAlgorithm.SHA256.digest(Bytes.utf8("trustme verity uuid"), content.value());
    return new VeritySuperblock(
        version8(uuid.value().slice(0, 16)),
        how.algorithm(),
        image.size() / BLOCK,
        how.salt().orElse(salt.value()));
  }

  /** Whether sealing adds bytes before the tree. */
  public static boolean needsPadding(long size) {
    return size % BLOCK != 0;
  }

  private static void pad(FileChannel image) throws IOException {
    long size = image.size();
    long blocks = Math.max(MIN_BLOCKS, (size + BLOCK - 1) / BLOCK);
    write(image, size, ByteBuffer.allocate(Math.toIntExact(blocks * BLOCK - size)));
  }

  private static void write(FileChannel channel, long offset, ByteBuffer content)
      throws IOException {
    while (content.hasRemaining()) {
      offset += channel.write(content, offset);
    }
  }

  /** RFC 9562: a UUID of version 8, whose other bits are the maker's. */
  private static Bytes version8(Bytes random) {
    byte[] uuid = random.toArray();
    uuid[6] = (byte) ((uuid[6] & 0x0f) | 0x80);
    uuid[8] = (byte) ((uuid[8] & 0x3f) | 0x80);
    return Bytes.copyOf(uuid);
  }

  private static Digest sha256(FileChannel file) throws IOException {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    var buffer = ByteBuffer.allocate(READ);
    long offset = 0;
    int got = file.read(buffer, offset);
    while (got > 0) {
      digest.update(buffer.flip());
      buffer.clear();
      offset += got;
      got = file.read(buffer, offset);
    }
    return new Digest(HashAlgorithm.SHA256, Bytes.copyOf(digest.digest()));
  }
}
