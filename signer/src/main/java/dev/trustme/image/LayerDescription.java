// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.artifact.VeritySuperblock;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;

/**
 * {@code layer.img.json}: what opens the layer with dm-verity. {@code rootHash} and {@code salt}
 * are hex, as veritysetup takes them; {@code dataBlocks} and {@code hashStart} count blocks from
 * the start of the file; {@code imageSize} (bytes) and {@code sha256} cover the file with its tree;
 * {@code cmdline} is for the kernel's command line.
 */
public record LayerDescription(
    String schema,
    String rootHash,
    String salt,
    long dataBlocks,
    long hashStart,
    int dataBlockSize,
    int hashBlockSize,
    String algorithm,
    long imageSize,
    Digest sha256,
    String cmdline) {
  public static final String SCHEMA = "trustme/layer/1";

  public LayerDescription {
    require(schema.equals(SCHEMA), "schema: expected " + SCHEMA + ", found " + schema);
    require(rootHash.matches("[0-9a-f]{64}"), "root-hash: expected 64 lower-case hex digits");
    require(salt.matches("([0-9a-f]{2}){0,256}"), "salt: expected lower-case hex");
    require(
        dataBlockSize == VeritySuperblock.BLOCK && hashBlockSize == VeritySuperblock.BLOCK,
        "data-block-size, hash-block-size: expected " + VeritySuperblock.BLOCK);
    require(algorithm.equals("sha256"), "algorithm: expected sha256, found " + algorithm);
    require(
        dataBlocks > 0 && hashStart == dataBlocks + 1,
        "hash-start: expected the block after data and superblock, found " + hashStart);
    require(
        cmdline.equals(cmdline(rootHash, salt, dataBlocks, hashStart)),
        "cmdline: does not say what the other keys say");
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  public static LayerDescription of(SealedImage image) {
    var superblock = image.tree().superblock();
    String root = image.tree().root().hex();
    String salt = superblock.salt().hex();
    return new LayerDescription(
        SCHEMA,
        root,
        salt,
        superblock.dataBlocks(),
        image.tree().hashStart(),
        VeritySuperblock.BLOCK,
        VeritySuperblock.BLOCK,
        superblock.algorithm().label(),
        image.size(),
        image.sha256(),
        cmdline(root, salt, superblock.dataBlocks(), image.tree().hashStart()));
  }

  private static String cmdline(String root, String salt, long dataBlocks, long hashStart) {
    return "roothash=%s rootblocks=%d roothashstart=%d rootsalt=%s"
        .formatted(root, dataBlocks, hashStart, salt);
  }

  public static LayerDescription parse(Bytes json) throws FormatException {
    return Json.read(json, LayerDescription.class, "layer description");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }
}
