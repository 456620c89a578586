// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.sign.SignedFile;
import java.nio.file.Path;
import java.util.List;

/** A file after its signatures were changed: one row of what {@code --json} prints. */
record ChangedSignatures(String file, long size, Digest sha256, int signatures) {
  /** What {@code --json} prints. */
  record Report(String schema, List<ChangedSignatures> files) {}

  /** What was {@code input} and is now {@code file}, read again. */
  static ChangedSignatures of(Path input, Path file, Bytes content) throws FormatException {
    return new ChangedSignatures(
        file.toString(),
        content.size(),
        HashAlgorithm.SHA256.digest(content),
        SignedFile.read(input, content).signatures().size());
  }

  static void report(List<ChangedSignatures> changed, Output output) {
    output.result(
        new Report("trustme/changed-signatures/1", changed),
        () -> String.join("\n", changed.stream().map(c -> c.text()).toList()));
  }

  private String text() {
    return "%s  %d signature%s, %d bytes"
        .formatted(file, signatures, signatures == 1 ? "" : "s", size);
  }

  /** The Nth of so many, from 1. */
  static void require(int index, int signatures) {
    if (index < 1 || index > signatures) {
      throw CommandFailure.rejected(
          "there is no signature %d: the file carries %d".formatted(index, signatures));
    }
  }
}
