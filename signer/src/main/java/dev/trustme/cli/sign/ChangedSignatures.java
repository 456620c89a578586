// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.sign.ProgramFile;
import java.nio.file.Path;
import java.util.List;

/** A program after its signatures were changed: one row of what {@code --json} prints. */
record ChangedSignatures(String file, long size, Digest sha256, int signatures) {
  /** What {@code --json} prints. */
  record Report(String schema, List<ChangedSignatures> files) {}

  static ChangedSignatures of(Path file, Bytes content) throws FormatException {
    return new ChangedSignatures(
        file.toString(),
        content.size(),
        HashAlgorithm.SHA256.digest(content),
        ProgramFile.read(content).image().certificates().size());
  }

  static void report(List<ChangedSignatures> changed, Output output) {
    output.result(
        new Report("trustme/changed-signatures/1", changed),
        () ->
            String.join(
                "\n",
                changed.stream()
                    .map(c -> "%s  %d signatures, %d bytes".formatted(c.file, c.signatures, c.size))
                    .toList()));
  }

  /** The Nth of so many, from 1. */
  static void require(int index, int signatures) {
    if (index < 1 || index > signatures) {
      throw CommandFailure.rejected(
          "there is no signature %d: the program carries %d".formatted(index, signatures));
    }
  }
}
