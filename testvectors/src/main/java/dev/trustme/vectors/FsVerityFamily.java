// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.FsVerity;
import dev.trustme.artifact.FsVerityDescriptor;
import dev.trustme.artifact.FsVeritySignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * Would the kernel enable this file with fs-verity? Files content, signature (PKCS#7) and keyring
 * (PEM); context hash, block-size and salt (hex). Or file descriptor alone: is it one?
 */
final class FsVerityFamily {
  private FsVerityFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    if (input.has("descriptor")) {
      FsVerityDescriptor.parse(input.file("descriptor"));
      return Outcome.ACCEPTED;
    }
    var parameters =
        new FsVerity(
            HashAlgorithm.byLabel(input.context("hash")).orElseThrow(),
            Integer.parseInt(input.context("block-size")),
            Bytes.fromHex(input.context("salt")));
    var content = new ByteArrayInputStream(input.file("content").toArray());
    return Outcome.inWords(
        FsVeritySignature.verify(
            input.file("signature"),
            parameters.measure(content),
            Certificates.parse(input.file("keyring"))));
  }
}
