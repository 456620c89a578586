// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.artifact.VeritySuperblock;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes the hash area of an image: {@code Verity.java IMAGE OUT SALT UUID}, the last two in hex.
 */
public class Verity {
  public static void main(String[] args) throws Exception {
    try (var image = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ);
        var out =
            FileChannel.open(
                Path.of(args[1]), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      var superblock =
          new VeritySuperblock(
              Bytes.fromHex(args[3].replace("-", "")),
              HashAlgorithm.SHA256,
              image.size() / VeritySuperblock.BLOCK,
              Bytes.fromHex(args[2]));
      var tree = VerityTree.compute(image, superblock);
      tree.writeTo(out, 0);
      out.force(true);
      System.out.println(tree.root());
    }
  }
}
