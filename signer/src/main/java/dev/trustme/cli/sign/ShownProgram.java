// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.AuthenticodeSignature;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.sign.ProgramFile;
import dev.trustme.uefi.PeImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An EFI program; {@code checkSum} says whether the header's is right. */
record ShownProgram(
    String file,
    String program,
    long size,
    Digest authenticode,
    boolean checkSum,
    List<Signature> signatures)
    implements ShownFile {
  /**
   * One signature. {@code good}: it was made for this program by the certificate that travels with
   * it; {@code pages}: how many page hashes it holds.
   */
  record Signature(
      int index,
      String signer,
      Optional<String> subject,
      String imageDigest,
      boolean fits,
      boolean good,
      int certificates,
      boolean timestamped,
      boolean nested,
      Optional<Integer> pages) {
    private String text() {
      return "\n  signature %d  %s%n    by           %s%n    digest       %s%s%s%s"
          .formatted(
              index,
              good ? "good" : fits ? "INVALID" : "made for ANOTHER program",
              subject.orElse(signer),
              imageDigest,
              timestamped ? "\n    time stamp   yes" : "",
              nested ? "\n    nested       another signature inside, which firmware ignores" : "",
              pages.map(count -> "\n    page hashes  " + count).orElse(""));
    }
  }

  static ShownProgram of(Path file, long size, ProgramFile program) throws FormatException {
    var image = program.image();
    List<Signature> signatures = new ArrayList<>();
    for (var pkcs7 : program.signatures()) {
      signatures.add(show(signatures.size() + 1, AuthenticodeSignature.parse(pkcs7), image));
    }
    return new ShownProgram(
        file.toString(),
        program.described(),
        size,
        image.authenticodeDigest(HashAlgorithm.SHA256),
        image.statedCheckSum() == PeImage.checkSum(image.file(), image.header().checkSumOffset()),
        signatures);
  }

  private static Signature show(int index, AuthenticodeSignature signature, PeImage image)
      throws FormatException {
    var signer = signature.signer();
    return new Signature(
        index,
        signature.signerName(),
        signer.map(certificate -> certificate.getSubject().toString()),
        signature.stated(),
        signature.fits(image),
        signer.isPresent() && signature.isBy(signer.get(), image),
        signature.certificates().size(),
        signature.timestamped(),
        signature.nested(),
        signature.pageHashes().map(hashes -> hashes.pages().size()));
  }

  @Override
  public String text() {
    var text = new StringBuilder();
    text.append("%s  %s, %d bytes%n".formatted(file, program, size));
    text.append("  authenticode %s%n".formatted(authenticode));
    text.append(
        "  checksum     %s".formatted(checkSum ? "right" : "wrong, which firmware ignores"));
    signatures.forEach(signature -> text.append(signature.text()));
    return signatures.isEmpty() ? text + "\n  no signature" : text.toString();
  }
}
