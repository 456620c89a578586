// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.StatedSigner;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.sign.ModuleFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A kernel module; {@code content} is what signatures are over. */
record ShownModule(
    String file, String module, long size, Digest content, List<Signature> signatures)
    implements ShownFile {
  /**
   * One signature. {@code good}: it was made for this module by the certificate that travels with
   * it; absent where none does.
   */
  record Signature(
      int index, String signer, String digest, Optional<Boolean> good, int certificates) {
    static Signature of(ModuleFile module, int index, Bytes pkcs7) throws FormatException {
      var stated = StatedSigner.of(pkcs7);
      return new Signature(
          index,
          stated.name(),
          stated.digest(),
          FittingSignature.goodByItself(module, pkcs7),
          stated.certificates().size());
    }

    private String text() {
      return "\n  signature %d  %s%n    by           %s%n    digest       %s"
          .formatted(
              index,
              good.map(holds -> holds ? "good" : "INVALID").orElse("carries no certificate"),
              signer,
              digest);
    }
  }

  static ShownModule of(Path file, long size, ModuleFile module) throws FormatException {
    List<Signature> signatures = new ArrayList<>();
    for (var pkcs7 : module.signatures()) {
      signatures.add(Signature.of(module, signatures.size() + 1, pkcs7));
    }
    return new ShownModule(
        file.toString(),
        module.described(),
        size,
        HashAlgorithm.SHA256.digest(module.content().module()),
        signatures);
  }

  @Override
  public String text() {
    var text = new StringBuilder();
    text.append("%s  %s, %d bytes%n  content      %s".formatted(file, module, size, content));
    signatures.forEach(signature -> text.append(signature.text()));
    return signatures.isEmpty() ? text + "\n  no signature" : text.toString();
  }
}
