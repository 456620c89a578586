// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.AuthenticodeSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.SignatureTable;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign signature show}. */
@Command(
    name = "show",
    description = {
      "Show the signatures that EFI programs carry, and whether each was made for its program.",
      "",
      "Who would trust them is another question: 'trustme verify artifact'."
    },
    mixinStandardHelpOptions = true)
final class SignatureShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Programs (PE), also in gzip.")
  private List<Path> files = new ArrayList<>();

  /**
   * One signature. {@code good}: it was made for this program by the certificate that travels with
   * it; {@code pages}: how many page hashes it holds.
   */
  record Shown(
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

  /** One file; {@code checkSum} says whether the header's is right. */
  record File(
      String file,
      String program,
      long size,
      Digest authenticode,
      boolean checkSum,
      List<Shown> signatures) {
    private String text() {
      var text = new StringBuilder();
      text.append("%s  %s, %d bytes%n".formatted(file, program, size));
      text.append("  authenticode %s%n".formatted(authenticode));
      text.append(
          "  checksum     %s".formatted(checkSum ? "right" : "wrong, which firmware ignores"));
      signatures.forEach(signature -> text.append(signature.text()));
      return signatures.isEmpty() ? text + "\n  no signature" : text.toString();
    }
  }

  /** What {@code --json} prints. */
  record Report(String schema, List<File> files) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    List<File> shown = new ArrayList<>();
    for (Path file : files) {
      shown.add(Inputs.parse(file, content -> show(file, content)));
    }
    output.result(
        new Report("trustme/signatures/1", shown),
        () -> String.join("\n", shown.stream().map(File::text).toList()));
    return ExitCode.ACCEPTED;
  }

  private static File show(Path file, Bytes content) throws FormatException {
    var program = ProgramFile.read(content);
    var image = program.image();
    List<Shown> signatures = new ArrayList<>();
    for (var pkcs7 : SignatureTable.of(image)) {
      signatures.add(show(signatures.size() + 1, AuthenticodeSignature.parse(pkcs7), image));
    }
    return new File(
        file.toString(),
        program.described(),
        content.size(),
        image.authenticodeDigest(HashAlgorithm.SHA256),
        image.statedCheckSum() == PeImage.checkSum(image.file(), image.header().checkSumOffset()),
        signatures);
  }

  private static Shown show(int index, AuthenticodeSignature signature, PeImage image)
      throws FormatException {
    var signer = signature.signer();
    return new Shown(
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
}
