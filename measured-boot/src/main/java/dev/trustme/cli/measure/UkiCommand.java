// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.predict.LoaderInfo;
import dev.trustme.predict.PredictedPcr;
import dev.trustme.predict.Prediction;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import dev.trustme.uefi.Sbat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a unified kernel image. */
@Command(
    name = "uki",
    description = {
      "Show a unified kernel image: its sections, and what booting it will measure.",
      "",
      "PCR 4 (where firmware starts it), 9 and 11 follow from the image alone. PCR 7 also needs the"
          + " machine's keys, other ways to boot need their loaders: 'trustme measure predict'."
    },
    footer = {"", "Example:", "  trustme measure uki boot.efi"},
    mixinStandardHelpOptions = true)
final class UkiCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE", description = "The image, signed or not.")
  private Path file = Path.of("");

  @Option(
      names = "--bank",
      paramLabel = "HASH",
      defaultValue = "sha256",
      description = "The PCR bank: sha256 (default), sha384, sha512 or sha1.")
  private String bank = "sha256";

  /** The JSON document. */
  record Document(
      String schema,
      long size,
      LoaderInfo stub,
      Digest authenticode,
      int signatures,
      List<Sbat.Entry> sbat,
      List<Section> sections,
      List<PredictedPcr> measurements,
      Optional<String> notPredicted) {}

  /**
   * One section; sizes and offsets in bytes; the digest is over {@code size} bytes. {@code
   * measured} (by the stub, into PCR 11) is absent where that is not known.
   */
  record Section(
      String name,
      long size,
      long rawSize,
      long offset,
      Optional<Boolean> measured,
      Digest digest) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    HashAlgorithm algorithm =
        HashAlgorithm.byLabel(bank)
            .orElseThrow(() -> CommandFailure.usage("--bank: unknown hash " + bank));
    try {
      var document = document(PeImage.parse(Inputs.map(file)), algorithm);
      output.result(document, () -> text(document, algorithm));
      return ExitCode.ACCEPTED;
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static Document document(PeImage image, HashAlgorithm bank) throws FormatException {
    LoaderInfo stub = LoaderInfo.stub(image);
    List<PredictedPcr> measurements = List.of();
    Optional<String> notPredicted = Optional.empty();
    try {
      measurements = Prediction.ofImage(image, bank);
    } catch (FormatException e) {
      notPredicted = Optional.of(e.structure() + ": " + e.problem());
    }
    List<Section> sections = new ArrayList<>();
    for (PeSection section : image.sections()) {
      sections.add(section(image, section, measurements, bank));
    }
    return new Document(
        "trustme/uki/1",
        image.file().limit(),
        stub,
        image.authenticodeDigest(bank),
        image.certificates().size(),
        image.section(".sbat").isEmpty() ? List.of() : Sbat.of(image).entries(),
        sections,
        measurements,
        notPredicted);
  }

  private static Section section(
      PeImage image, PeSection section, List<PredictedPcr> measurements, HashAlgorithm bank) {
    var content = image.raw(section);
    content.limit(Math.toIntExact(Math.min(section.virtualSize(), section.rawSize())));
    Optional<Boolean> measured =
        measurements.isEmpty()
            ? Optional.empty()
            : Optional.of(
                measurements.stream()
                    .flatMap(pcr -> pcr.events().stream())
                    .anyMatch(event -> event.name().equals(section.name())));
    return new Section(
        section.name(),
        content.remaining(),
        section.rawSize(),
        section.rawOffset(),
        measured,
        bank.digest(content));
  }

  private String text(Document document, HashAlgorithm bank) {
    var lines = new StringBuilder();
    lines.append("%s  %s, %d bytes%n".formatted(file, document.stub, document.size));
    lines.append("  authenticode  %s%n".formatted(document.authenticode));
    lines.append(
        "  signatures    %s%n"
            .formatted(document.signatures == 0 ? "none" : "" + document.signatures));
    document.sbat.forEach(
        e -> lines.append("  sbat          %s %d%n".formatted(e.component(), e.generation())));
    for (Section section : document.sections) {
      lines.append(
          "  %-10s %10d bytes  %s%s%n"
              .formatted(
                  section.name,
                  section.size,
                  section.digest,
                  section.measured.orElse(false) ? "  PCR 11" : ""));
    }
    for (PredictedPcr pcr : document.measurements) {
      lines.append("  PCR %-2d  %s%n".formatted(pcr.pcr(), pcr.value(bank)));
      pcr.events()
          .forEach(e ->
              lines.append(
                  "    %-34s %-26s %s%n".formatted(e.type(), e.name(), e.digest(bank).hex())));
    }
    document.notPredicted.ifPresent(reason ->
        lines.append("  what it will measure cannot be predicted: %s%n".formatted(reason)));
    return lines.toString();
  }
}
