// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.FsVerity;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import picocli.CommandLine.Option;

/** How a file system hashes the files that it protects by fs-verity. */
final class VerityChoice {
  @Option(
      names = "--verity-block-size",
      paramLabel = "BYTES",
      defaultValue = "4096",
      description = "ima, fsverity: of the Merkle tree; ${DEFAULT-VALUE} unless given.")
  private int blockSize;

  @Option(
      names = "--verity-salt",
      paramLabel = "HEX",
      defaultValue = "",
      description = "ima, fsverity: the salt; none unless given.")
  private String salt = "";

  @Option(
      names = "--verity-hash",
      paramLabel = "NAME",
      defaultValue = "sha256",
      description = "fsverity: sha256 or sha512; ${DEFAULT-VALUE} unless given.")
  private String hash = "sha256";

  FsVerity parameters() {
    return parameters(
        HashAlgorithm.byLabel(hash)
            .orElseThrow(() -> CommandFailure.usage("--verity-hash: sha256 or sha512")));
  }

  FsVerity parameters(HashAlgorithm algorithm) {
    try {
      return new FsVerity(algorithm, blockSize, Bytes.fromHex(salt));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--verity-block-size, -salt, -hash: " + e.getMessage());
    }
  }
}
