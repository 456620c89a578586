// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.FsVerity;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import picocli.CommandLine.Option;

/** How fs-verity shall hash; the defaults are those of the fsverity tool. */
final class VerityOptions {
  @Option(
      names = "--block-size",
      paramLabel = "BYTES",
      defaultValue = "4096",
      description = "Of fs-verity's Merkle tree; ${DEFAULT-VALUE} unless given.")
  private int blockSize;

  @Option(
      names = "--salt",
      paramLabel = "HEX",
      defaultValue = "",
      description = "fs-verity's salt, up to 32 bytes; none unless given.")
  private String salt = "";

  FsVerity parameters(HashAlgorithm algorithm) {
    try {
      return new FsVerity(algorithm, blockSize, Bytes.fromHex(salt));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--block-size, --salt, --hash: " + e.getMessage());
    }
  }

  /** Whether one of them was given. */
  boolean given() {
    return blockSize != FsVerity.DEFAULT.blockSize() || !salt.isEmpty();
  }
}
